from soc_agent.decode.findings import decode_health, decode_yara
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context


def test_a_finding_is_an_event_of_the_scanner() -> None:
    parsed = decode_yara(
        '{"type":"yara","time":"2026-03-02T01:14:07.000001Z","path":"/srv/x.php","rule":"webshell","meta":{"score":75},"tags":["a"]}',
        make_context("yara"),
    )
    assert parsed is not None
    assert parsed.log_sources == (LogSource("file_event", "soc-agent", "yara"),)
    assert (parsed.fields["TargetFilename"], parsed.fields["meta.score"], parsed.fields["tags"]) == (
        "/srv/x.php",
        75,
        ["a"],
    )
    assert parsed.time_ns == at("2026-03-02T01:14:07.000001")


def test_what_was_not_scanned_is_never_a_finding() -> None:
    parsed = decode_yara('{"type":"not_scanned","path":"/srv/big","reason":"too_big"}', make_context("yara"))
    assert parsed is not None
    assert parsed.log_sources == (LogSource("file_event", "soc-agent", "scan"),)


def test_health_is_an_event_of_the_agent() -> None:
    parsed = decode_health(
        '{"type":"health","time":"2026-03-02T01:14:07Z","kind":"dropped","count":3}', make_context("health")
    )
    assert parsed is not None
    assert parsed.log_sources == (LogSource("", "soc-agent", "health"),)
    assert parsed.fields["count"] == 3


def test_other_objects_are_none() -> None:
    assert decode_yara('{"type":"health"}', make_context("yara")) is None
    assert decode_yara("text", make_context("yara")) is None
    assert decode_health('{"type":"yara"}', make_context("health")) is None
    assert decode_health("text", make_context("health")) is None
