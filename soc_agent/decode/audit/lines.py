"""Lines of the Linux audit daemon: the records of one event, joined by its number."""

from soc_agent.decode import times
from soc_agent.decode.audit.calls import START_NUMBERS
from soc_agent.decode.audit.naming import (
    AUDITD,
    DELETED,
    DERIVED,
    FILE,
    LOG_SOURCES,
    NETWORK,
    PROCESS,
    describe,
)
from soc_agent.decode.audit.records import records_of
from soc_agent.decode.context import Context, LineType, Parsed

TYPE = "auditd"
"""The type of such lines, and of the events in them."""


def decode_audit(text: str, context: Context) -> Parsed | None:
    """Decode the records that a line holds of one event. Their fields keep their names; one of several is a list."""
    found = records_of(text)
    if found is None:
        return None
    head, records = found
    fields, sources = describe(records, head.node or context.host)
    fields["audit_id"] = head.serial
    return Parsed(TYPE, sources, fields, times.epoch(head.time_s), head.node, subject=text)


AUDIT = LineType(
    TYPE,
    decode_audit,
    LOG_SOURCES,
    derived=DERIVED,
    literals={
        AUDITD: frozenset({"audit("}),
        PROCESS: frozenset(
            {"execve", "type=1309", "type=user_cmd", "type=1123", *(f"syscall={number}" for number in START_NUMBERS)}
        ),
        FILE: frozenset({"nametype="}),
        DELETED: frozenset({"nametype=delete"}),
        NETWORK: frozenset({"saddr"}),
    },
)
