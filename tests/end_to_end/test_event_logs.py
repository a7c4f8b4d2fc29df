"""`hunt` finds what the public rules know in recorded Windows event logs."""

import json
import tarfile
from pathlib import Path

import pytest

from tests.end_to_end.running import soc_agent

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
EXPECTED = {
    "DE_RDP_Tunneling_4624.evtx": {"RDP Login from Localhost"},
    "DE_sysmon-3-rdp-tun.evtx": {
        "Suspicious Plink Port Forwarding",
        "Outbound RDP Connections Over Non-Standard Tools",
    },
    "LM_4624_mimikatz_sekurlsa_pth_source_machine.evtx": {
        "Successful Overpass the Hash Attempt",
        "Pass the Hash Activity 2",
        "Security Eventlog Cleared",
    },
    "LM_sysmon_psexec_smb_meterpreter.evtx": {
        "PowerShell as a Service in Registry",
        "Potential CobaltStrike Service Installations - Registry",
        "Suspicious SYSTEM User Process Creation",
    },
    "LM_sysmon_remote_task_src_powershell.evtx": {"Network Connection Initiated By PowerShell Process"},
    "LM_typical_IIS_webshell_sysmon_1_10_traces.evtx": {"Suspicious Process By Web Server Process"},
    "MSSQL_multiple_failed_logon_EventID_18456.evtx": {"MSSQL Server Failed Logon"},
    "exec_sysmon_1_lolbin_rundll32_advpack_RegisterOCX.evtx": {"Potentially Suspicious Rundll32 Activity"},
    "samaccount_spoofing_CVE-2021-42287_CVE-2021-42278_DC_securitylogs.evtx": {
        "Suspicious Computer Account Name Change CVE-2021-42287"
    },
}


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the shared event logs and rules are not beside the project")
def test_each_recorded_attack_is_told_by_name(tmp_path: Path) -> None:
    with tarfile.open(DATA / "sigmahq-rules.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    folders = [tmp_path / "rules" / "windows", tmp_path / "rules-threat-hunting", tmp_path / "rules-emerging-threats"]
    rules = [word for folder in folders for word in ("--rules", str(folder))]
    done = soc_agent("hunt", "--json", "--no-builtin", *rules, DATA / "evtx")
    assert done.returncode == 0, done.stderr
    found: dict[str, set[str]] = {}
    for line in done.stdout.splitlines():
        alert = json.loads(line)
        found.setdefault(Path(alert["path"]).name, set()).add(alert["title"])
    missing = {name: titles - found.get(name, set()) for name, titles in EXPECTED.items()}
    assert {name: titles for name, titles in missing.items() if titles} == {}


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the shared event logs are not beside the project")
def test_ids_of_detections_stay_the_same_from_run_to_run(tmp_path: Path) -> None:
    rule = tmp_path / "rule.yml"
    rule.write_text(
        "title: Cleared\nlogsource: {product: windows, service: security}\n"
        "detection:\n  selection: {EventID: 1102}\n  condition: selection\n"
    )
    words = ("hunt", "--json", "--no-builtin", "--rules", rule, DATA / "evtx")
    first, second = soc_agent(*words), soc_agent(*words)
    assert first.stdout == second.stdout
    assert len(first.stdout.splitlines()) == 2


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the shared event logs and rules are not beside the project")
def test_logs_of_which_public_rules_know_nothing_are_told_by_our_own_as_evtx_and_as_xml(tmp_path: Path) -> None:
    from evtx import PyEvtxParser

    told = {
        "CA_teamviewer-dumper_sysmon_10.evtx": {
            "Memory Of A Remote Control Program Read By A Program In A User's Folder"
        },
        "discovery_local_user_or_group_windows_security_4799_4798.evtx": {"Administrators Of A Windows Host Listed"},
        "persist_bitsadmin_Microsoft-Windows-Bits-Client-Operational.evtx": {
            "Background Transfer Of A Local File On Windows"
        },
    }
    for name in told:
        records = PyEvtxParser(str(DATA / "evtx" / name)).records()
        events = "".join(record["data"].partition("?>")[2] for record in records if record)
        document = '<?xml version="1.0" encoding="utf-16"?>\n<Events>' + events + "</Events>"
        (tmp_path / name).write_bytes(document.replace("\n", "\r\n").encode("utf-16"))
    for folder in (DATA / "evtx", tmp_path):
        done = soc_agent("hunt", "--json", *(folder / name for name in told))
        found: dict[str, set[str]] = {}
        for line in done.stdout.splitlines():
            alert = json.loads(line)
            found.setdefault(Path(alert["path"]).name, set()).add(alert["title"])
        assert found == told
