"""How samples are written."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.samples.files import FileSample, LineSample, file_samples, line_samples
from soc_agent.enrich import Place


def test_lines_stand_for_themselves_without_empty_ones() -> None:
    assert LineSample("syslog", "a\n\n  \nb <n>\n").expand() == ["a", "b <n>"]


@given(st.integers(1, 200))
def test_a_repeated_sample_counts_from_one(times: int) -> None:
    lines = LineSample("syslog", "a <n> <n:03>\nb\n", repeat=times).expand()
    assert lines[::2] == [f"a {number} {number:03d}" for number in range(1, times + 1)]
    assert lines[1::2] == ["b"] * times


def test_samples_know_what_is_wanted_of_them() -> None:
    tree = {"samples": {"match": [{"type": "syslog", "lines": "a"}], "ignore": [{"type": "access", "lines": "b"}] * 2}}
    samples = line_samples(tree)
    assert samples is not None
    assert [(wanted, number, sample.type) for wanted, number, sample in samples] == [
        (True, 1, "syslog"),
        (False, 1, "access"),
        (False, 2, "access"),
    ]
    assert line_samples({}) is None


@pytest.mark.parametrize(
    "samples",
    [
        {"match": [{"lines": "a"}]},
        {"match": [{"type": "syslog", "lines": "a", "repeat": 0}]},
        {"match": [{"type": "syslog", "lines": "a", "repeat": 10**9}]},
        {"match": [{"type": "syslog", "line": "a"}]},
        {"matches": []},
        {"enrich": {"web01": {"country": "VN"}}},
        {"enrich": {"192.0.2.1": {"land": "VN"}}},
        ["a"],
    ],
)
def test_samples_that_are_written_wrongly_are_refused(samples: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        line_samples({"samples": samples})


def test_what_is_known_of_addresses_stands_beside_the_samples() -> None:
    samples = line_samples({"samples": {"enrich": {"192.0.2.1": {"country": "VN", "asn": 7552}}}})
    assert samples is not None
    assert samples.enrich == {"192.0.2.1": Place("VN", 7552)}


def test_contents_of_files_are_text_or_hexadecimal() -> None:
    found = file_samples({"rule": {"match": [{"text": "đ"}, {"hex": "7F 45 4C 46", "path": "/tmp/x"}]}})["rule"]
    assert [sample.data() for _, _, sample in found] == ["đ".encode(), b"\x7fELF"]
    with pytest.raises(ValueError, match="hexadecimal"):
        FileSample(hex="xyz").data()
