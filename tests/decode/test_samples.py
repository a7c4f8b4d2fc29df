from pathlib import Path

from soc_agent.decode import Decoders, check_samples
from soc_agent.errors import describe
from tests.decode.samples import all_decoders


def test_every_decoder_of_the_product_loads() -> None:
    assert [describe(problem) for problem in all_decoders().problems] == []


def test_every_sample_of_every_decoder_gives_what_stands_beside_it() -> None:
    assert [describe(problem) for problem in check_samples(all_decoders())] == []


def test_every_decoder_of_the_product_has_samples() -> None:
    assert [decoder.name for decoder in all_decoders().data_driven if not decoder.definition.samples] == []


def test_a_sample_that_gives_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(
        "name: x\ndescription: d\nprograms: [x]\npatterns:\n  - match: '(?P<a>\\w+)'\n"
        "samples:\n  - {line: 'Mar  2 08:14:07 h x: word', fields: {a: word}}\n"
        "  - {line: 'Mar  2 08:14:07 h x: word', fields: {a: other, b: 1}, log_source: {product: p}}\n"
        "  - {line: 'word', fields: {a: null}}\n"
    )
    problems = list(check_samples(Decoders.load([tmp_path])))
    assert [problem.where.key for problem in problems] == ["samples[1]", "samples[2]"]
    text = describe(problems[0])
    assert "a: 'word', not 'other'" in text
    assert "log source" in text
    assert "not decoded" in describe(problems[1])
