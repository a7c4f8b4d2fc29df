"""Indicators in real captures and event logs, as they come from elsewhere."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.running import soc_agent

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LIST = """\
# source: NCSC
# tlp: green
2003:DE:2016:120::A08:53
173.194.75.0/24
hxxp://www[.]google[.]com/
gstatic.com
2001:470:4867::/48
c648901695e275c8f2ad04b687a68ce2
"""


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the shared sample data is not beside the project")
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pcap/dns-edns-ecs.pcap", {"2003:de:2016:120::a08:53"}),
        ("pcap/http_methods.pcap", {"173.194.75.0/24", "http://www.google.com/"}),
        ("pcap/tls_tls-conn-with-extensions.pcap", {"gstatic.com"}),
        ("pcap/ftp_ipv6.pcap", {"2001:470:4867::/48"}),
        ("evtx/exec_sysmon_1_lolbin_rundll32_advpack_RegisterOCX.evtx", {"c648901695e275c8f2ad04b687a68ce2"}),
        ("pcap/ssh_sshguess.pcap", set()),
        ("logs/OpenSSH_2k.log", set()),
    ],
)
def test_what_is_listed_is_found_in_real_files(tmp_path: Path, name: str, values: set[str]) -> None:
    (tmp_path / "list.txt").write_text(LIST)
    words = ("hunt", "--json", "--no-builtin", "--indicators", tmp_path / "list.txt", DATA / name)
    done = soc_agent(*words, environment={"XDG_CACHE_HOME": str(tmp_path)})
    found = [json.loads(line)["indicator"] for line in done.stdout.splitlines()]
    assert {told["value"] for told in found} == values
    assert {told["tlp"] for told in found} <= {"green"}
