"""The words by which decoders are called for a line: none so short or so common that it calls one for nothing."""

from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import ahocorasick_rs

from bench.ordinary import BEGIN, logs
from bench.ordinary_mail import mail_logs
from bench.ordinary_platforms import platform_logs
from bench.ordinary_services import service_logs
from soc_agent.decode import Context
from soc_agent.decode.datadriven import CompiledDecoder
from soc_agent.decode.definition import texts
from soc_agent.decode.linetypes import LINE_TYPES
from tests import product

_SHORTEST = 4
_CARRIERS = frozenset({"json_syslog"})
"""What carries another format begins as that does, however short: a JSON object."""
_IN_VAIN = 0.01
"""So many of the lines of an ordinary log may call a decoder that does not take them."""
_LINES = 2_000
"""So many of each log are read."""
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def ordinary_lines() -> Iterator[tuple[str, list[str]]]:
    """Yield the type and the lines of each log of an ordinary hour."""
    for make in (logs, mail_logs, service_logs, platform_logs):
        for log in make(1):
            yield log.type, [text for _, text in log.lines[:_LINES]]


def test_a_literal_is_long_enough_to_tell_anything() -> None:
    short = {
        (decoder.name, literal)
        for decoder in product.decoders().data_driven
        for literal in decoder.definition.find
        if len(literal) < _SHORTEST and decoder.name not in _CARRIERS
    }
    assert short == set()


def test_a_literal_seldom_calls_its_decoder_for_nothing() -> None:
    loud: dict[tuple[str, str], float] = {}
    for line_type, lines in ordinary_lines():
        of_type = [d for d in product.decoders().data_driven if line_type in texts(d.definition.parent)]
        owners = [(decoder, literal) for decoder in of_type for literal in decoder.definition.find]
        if not owners:
            continue
        finder = ahocorasick_rs.AhoCorasick([literal for _, literal in owners])
        calls = [call for line in lines for call in called(line, line_type, finder, owners)]
        own = {name for name, _, takes in calls if takes}  # the log of what the decoder is for
        in_vain = Counter((name, literal) for name, literal, takes in calls if not takes and name not in own)
        for called_so, count in in_vain.items():
            if count > len(lines) * _IN_VAIN:
                loud[called_so] = count / len(lines)
    assert loud == {}, "make these longer, or name the programs"


def called(
    line: str, line_type: str, finder: ahocorasick_rs.AhoCorasick, owners: list[tuple[CompiledDecoder, str]]
) -> Iterator[tuple[str, str, bool]]:
    """Yield each decoder that a literal in the line calls, with the literal, and whether it takes the line."""
    found = {index for index, _, _ in finder.find_matches_as_indexes(line, overlapping=True)}
    if not found:
        return
    context = Context("log", line_type, _ZONE, int(BEGIN.timestamp()) * 1_000_000_000)
    parsed = LINE_TYPES[line_type].decode(line, context)
    if parsed is None:
        return
    takes: dict[str, bool] = {}
    for decoder, literal in (owners[index] for index in sorted(found)):
        if literal not in parsed.subject:
            continue
        if decoder.name not in takes:
            takes[decoder.name] = decoder.taken_by(parsed, context) is not None
        yield decoder.name, literal, takes[decoder.name]
