"""Whether the audit records who changes watched folders."""

import shutil
from pathlib import Path

import pytest

from soc_agent.cli.doctor import audit
from tests.cli.doctor.making import codes, make_case

CONFIG = "sources:\n- {kind: integrity, name: web, paths: [/var/www/html], audit_logs: []}\n"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("-w /var/www -p wa -k web", []),
        ("-w /var/www/html/ -p rwxa", []),
        ("-w /var/www", []),
        ("-a always,exit -F dir=/var/www -F perm=wa -k web", []),
        ("-w /var/www -p r", ["doctor.not_audited"]),
        ("-w /var/wwwroot -p wa", ["doctor.not_audited"]),
        ("# -w /var/www -p wa", ["doctor.not_audited"]),
        ("-a never,exit -F dir=/var/www", ["doctor.not_audited"]),
        ("-w '/var/www", ["doctor.not_audited"]),
        ("", ["doctor.not_audited"]),
    ],
)
def test_rules_that_record_changes(tmp_path: Path, rule: str, expected: list[str]) -> None:
    case = make_case(tmp_path, CONFIG)
    case.image.at("/etc/audit/rules.d/web.rules").write_text(f"-D\n-b 8192\n{rule}\n")
    assert codes(list(audit.audit(case))) == expected


def test_without_auditd_the_way_to_it_is_named(tmp_path: Path) -> None:
    case = make_case(tmp_path, CONFIG)
    shutil.rmtree(case.image.at("/etc/audit"))
    (check,) = audit.audit(case)
    assert codes([check]) == ["doctor.no_audit"]
    assert "-w /var/www/html -p wa" in check.remedy


def test_nothing_watched_needs_no_audit(tmp_path: Path) -> None:
    assert list(audit.audit(make_case(tmp_path, "sources: []"))) == []


def test_the_log_of_the_audit_must_be_read(tmp_path: Path) -> None:
    config = CONFIG.replace("audit_logs: []", f"audit_logs: [{tmp_path}/audit.log]")
    rule = "-w /var/www -p wa"
    case = make_case(tmp_path, config)
    case.image.at("/etc/audit/rules.d/web.rules").write_text(rule)
    assert codes(list(audit.audit(case))) == ["doctor.closed_audit"]
    (tmp_path / "audit.log").touch()
    assert codes(list(audit.audit(case))) == []
