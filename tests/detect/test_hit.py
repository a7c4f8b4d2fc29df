"""From a matched event to a detection."""

from typing import Any

import pytest
from msgspec.structs import replace

from soc_agent.detect.hit import RAW_CAP_BYTES, EventRef, bounded_fields, detection_of, entity_key_of, join_key, uid_of
from soc_agent.model import Event, LogSource, RuleInfo

INFO = RuleInfo("rule-1", "A rule")
REF = EventRef("auth", "/var/log/auth.log", "8:1:2", 7, 100, b"the line")


def event(**fields: Any) -> Event:
    return Event(b"the line", "the line", "sshd", (LogSource(),), fields, time_ns=5, host="web01")


def test_the_same_input_gives_the_same_id() -> None:
    assert uid_of("r", REF) == uid_of("r", REF)
    assert len(uid_of("r", REF)) == 16


@pytest.mark.parametrize(
    "other", [{"stream_id": "8:1:3"}, {"offset": 101}, {"raw": b"another line"}, {"raw": b""}, {"stream_id": "\udcff"}]
)
def test_another_place_or_line_gives_another_id(other: dict[str, Any]) -> None:
    assert uid_of("r", REF) != uid_of("r", replace(REF, **other))


def test_parts_of_an_id_do_not_run_together() -> None:
    assert uid_of("r", REF, b"ab", b"c") != uid_of("r", REF, b"a", b"bc")
    assert uid_of("r", REF) != uid_of("q", REF)
    assert uid_of("r", REF) != uid_of("r", REF, b"")


def test_names_of_the_stream_do_not_matter() -> None:
    assert uid_of("r", REF) == uid_of("r", replace(REF, stream="/var/log/auth.log.1", source="x", line_number=9))


@pytest.mark.parametrize(
    ("entity", "entities", "fields", "key"),
    [
        ((), {"src_ip": ("192.0.2.1",), "user": ("an",)}, {}, "web01 192.0.2.1 an"),
        ((), {}, {}, "web01"),
        (("src_ip",), {"src_ip": ("192.0.2.1", "192.0.2.2")}, {}, "192.0.2.1 192.0.2.2"),
        (("host", "user"), {"user": ("an",)}, {}, "web01 an"),
        (("query",), {}, {"query": "example.org"}, "example.org"),
        (("src_ip",), {}, {}, "stream"),
        (("user",), {"user": ("a b",)}, {}, "a\\ b"),
    ],
)
def test_what_makes_a_repeat_the_same(
    entity: tuple[str, ...], entities: dict[str, tuple[str, ...]], fields: dict[str, Any], key: str
) -> None:
    assert entity_key_of(replace(INFO, entity=entity), "web01", entities, fields, "stream") == key


def test_without_any_entity_the_stream_keeps_repeats_apart() -> None:
    assert entity_key_of(INFO, "", {}, {}, "/var/log/a") == "/var/log/a"


def test_keys_cannot_be_forged_and_are_bounded() -> None:
    assert join_key(["a b", "c"]) != join_key(["a", "b c"])
    assert join_key(["a\\", "b"]) != join_key(["a\\ b"])
    long, longer = join_key(["x" * 10_000]), join_key(["x" * 10_001])
    assert len(long) < 300
    assert long != longer


def test_a_detection() -> None:
    detection = detection_of(INFO, event(src_ip="192.0.2.1"), REF)
    assert detection.uid == uid_of("rule-1", REF)
    assert (detection.source, detection.stream, detection.line_number, detection.raw) == (
        "auth",
        "/var/log/auth.log",
        7,
        b"the line",
    )
    assert (detection.time_ns, detection.first_ns, detection.count) == (5, 5, 1)
    assert detection.entities == {"src_ip": ("192.0.2.1",)}
    assert detection.entity_key == "web01 192.0.2.1"


def test_a_correlation_says_how_many_and_since_when() -> None:
    detection = detection_of(
        INFO, event(), REF, uid=b"u", count=9, first_ns=1, evidence=(b"x",), entity_key="k", entities={"user": ("an",)}
    )
    assert (detection.uid, detection.count, detection.first_ns) == (b"u", 9, 1)
    assert (detection.evidence, detection.entity_key, detection.entities) == ((b"x",), "k", {"user": ("an",)})


def test_fields_of_a_very_long_line_are_bounded() -> None:
    line = b"x" * (RAW_CAP_BYTES + 1)
    fields = {"a": "y" * 100_000, "b": ["z" * 100_000] * 1000, "n" * 1000: 1, **{f"f{n}": n for n in range(5000)}}
    big = Event(line, "", "json", (), fields)
    kept = detection_of(INFO, big, REF).fields
    assert len(kept["a"]) == 4_096
    assert len(kept["b"]) == 100
    assert len(kept) == 500
    assert max(map(len, kept)) == 256
    assert bounded_fields({"a": 1, "b": None}) == {"a": 1, "b": None}


def test_fields_of_other_lines_are_kept_as_they_are() -> None:
    fields = {"a": "y" * 10_000}
    assert detection_of(INFO, event(**fields), REF).fields == fields
