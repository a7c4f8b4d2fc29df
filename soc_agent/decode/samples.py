"""The samples in decoder files: each line is decoded, and must give the fields that stand beside it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from soc_agent.decode.context import Context
from soc_agent.decode.datadriven import CompiledDecoder
from soc_agent.decode.decoders import Decoders
from soc_agent.decode.definition import Sample, texts
from soc_agent.model import Problem, Where

_RECEIVED_NS = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp()) * 1_000_000_000


def check_samples(decoders: Decoders) -> Iterator[Problem]:
    """Yield a problem for each sample that does not give what it should."""
    for decoder in decoders.data_driven:
        for index, sample in enumerate(decoder.definition.samples):
            failures = list(_failures(decoders, decoder, sample))
            if failures:
                values = {"line": sample.line, "reason": "; ".join(failures)}
                yield Problem("decode.sample", Where(decoder.path, 0, f"samples[{index}]"), values)


def _failures(decoders: Decoders, decoder: CompiledDecoder, sample: Sample) -> Iterator[str]:
    line_type = sample.type or texts(decoder.definition.parent)[0]
    context = Context("samples", line_type, ZoneInfo("UTC"), _RECEIVED_NS)
    event = decoders.decode(sample.line.encode(), context)
    if not event.decoded:
        yield "not decoded"
    for field, wanted in sample.fields.items():
        got = event.fields.get(field)
        if got != wanted or isinstance(got, bool) is not isinstance(wanted, bool):
            yield f"{field}: {got!r}, not {wanted!r}"
    if sample.log_source is not None and sample.log_source.as_model() not in event.log_sources:
        yield f"log source: {event.log_sources}, not {sample.log_source.as_model()}"
