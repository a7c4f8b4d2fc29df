"""Real logs of many programs: each decodes with the type that is guessed for it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.decode import guess_type
from tests.decode.samples import all_decoders, make_context

pytestmark = pytest.mark.data


def logs(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    for path in sorted([*folder.glob("scenarios/*/*.log"), *folder.glob("logs/*.log")]):
        data = path.read_bytes()
        yield guess_type(data[:65_536]), [line for line in data.splitlines() if line.strip()]


def test_nearly_all_lines_of_known_types_are_decoded(shared_data: Path) -> None:
    lines: Counter[str] = Counter()
    decoded: Counter[str] = Counter()
    for line_type, of_file in logs(shared_data):
        context = make_context(line_type)
        for line in of_file:
            lines[line_type] += 1
            decoded[line_type] += all_decoders().decode(line, context).decoded
    for line_type in ("syslog", "access", "json", "apache_error", "nginx_error", "auditd"):
        assert lines[line_type] > 0
        assert decoded[line_type] >= 0.99 * lines[line_type], line_type


def test_every_line_has_a_time_of_its_own(shared_data: Path) -> None:
    without = Counter(
        line_type
        for line_type, of_file in logs(shared_data)
        for line in of_file
        if all_decoders().decode(line, make_context(line_type)).time_ns == make_context().received_ns
    )
    total = sum(len(of_file) for _, of_file in logs(shared_data))
    assert without.total() <= 0.01 * total, without


def test_literals_and_log_sources_hold_for_every_line(shared_data: Path) -> None:
    for line_type, of_file in logs(shared_data):
        known = all_decoders().log_sources(line_type)
        literals = {source: all_decoders().literals(line_type, source) for source in known}
        for line in of_file:
            event = all_decoders().decode(line, make_context(line_type))
            assert set(event.log_sources) <= known
            lowered = event.text.lower()
            for source in event.log_sources:
                wanted = literals[source]
                assert wanted is None or any(literal.lower() in lowered for literal in wanted), line


def test_values_of_fields_stand_in_the_line_unless_they_are_derived(shared_data: Path) -> None:
    for line_type, of_file in logs(shared_data):
        if line_type in ("json", "kv"):
            continue
        derived = all_decoders().derived_fields(line_type)
        for line in of_file:
            event = all_decoders().decode(line, make_context(line_type))
            if event.type == "json" or b"\\" in line or b'""' in line:  # escapes; quotes that CSV doubles
                continue
            for name, value in event.fields.items():
                if name not in derived:
                    assert str(value).lower() in event.text.lower(), (name, line)


def test_the_brute_force_of_real_logs_is_seen(shared_data: Path) -> None:
    """The addresses that try passwords, and what they tried, come out as fields."""
    failures: Counter[str] = Counter()
    for name in ("OpenSSH_2k.log", "Linux_2k.log"):
        for line in (shared_data / "logs" / name).read_bytes().splitlines():
            fields = all_decoders().decode(line, make_context()).fields
            if fields.get("outcome") == "failure" and "src_ip" in fields:
                failures[fields["src_ip"]] += 1
    assert failures["183.62.140.253"] > 100
    assert failures["220.135.151.1"] + failures["218.188.2.4"] > 5
