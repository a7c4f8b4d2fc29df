"""The representation goes to disk and back without loss."""

import msgspec
import pytest

from soc_agent.detect import ir
from soc_agent.model import LogSource, RuleInfo

TESTS: tuple[ir.Test, ...] = (
    ir.Text(("a", ir.ANY, ir.ONE, "đ"), cased=True),
    ir.Regex("a+", "im"),
    ir.Compare("gt", 1.5),
    ir.Compare("lt", 5),
    ir.Null(),
    ir.Exists(value=True),
    ir.Network("10.0.0.0/8"),
    ir.FieldRef("g", ends=True),
    ir.TimePart("hour", 8),
    ir.AnyOf((ir.Text(("x",)), ir.AnyOf((ir.Null(),)))),
)


@pytest.mark.parametrize("test", TESTS)
def test_tests(test: ir.Test) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(test), type=ir.Test) == test


def test_rules_and_filters() -> None:
    selections: dict[str, ir.Node] = {
        "s": ir.Or((ir.And((ir.Item("f", "f|all", TESTS, all=True),)), ir.Not(ir.Ref("t"))))
    }
    rule = ir.Rule(RuleInfo("i", "T"), LogSource("c", "p", "s"), selections, ir.Ref("s"), "name", 7)
    found = ir.Filter("T", LogSource("c"), ("a",), selections, ir.Not(ir.Ref("s")), "x.yml", 8)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(rule), type=ir.Rule) == rule
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=ir.Filter) == found


def test_nothing_else_is_read() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode(["os.system", "x"]), type=ir.Node)
