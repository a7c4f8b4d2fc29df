"""A line of the audit becomes an event."""

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.audit.lines import AUDIT, decode_audit
from tests.decode.samples import make_context

LINE = 'node=web01 type=SYSCALL msg=audit(1772414047.579:2995): arch=c000003e syscall=59 success=yes exe="/usr/bin/id"'


def test_time_host_and_number() -> None:
    parsed = decode_audit(LINE, make_context("auditd"))
    assert parsed is not None
    assert (parsed.type, parsed.host, parsed.time_ns) == ("auditd", "web01", 1772414047_579000000)
    assert parsed.fields["audit_id"] == "2995"
    assert parsed.fields.get("ProcessGuid") is None
    assert set(parsed.log_sources) <= AUDIT.log_sources


@given(st.text())
def test_never_raises(text: str) -> None:
    decode_audit(text, make_context("auditd"))
    decode_audit(LINE + text, make_context("auditd"))


def test_processes_of_two_machines_differ() -> None:
    line = LINE.replace("success=yes", "success=yes ppid=7 pid=8 ses=3")
    guids = [decode_audit(text, make_context("auditd")) for text in (line, line.replace("web01", "web02"))]
    assert [parsed and parsed.fields["ParentProcessGuid"] for parsed in guids] == ["web01:3:7", "web02:3:7"]
