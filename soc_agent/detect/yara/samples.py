"""YARA rules against their own samples: small contents of files, in ``x.samples.yml`` beside ``x.yar``."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from soc_agent.detect.load.documents import documents_of
from soc_agent.detect.samples.files import SIDECAR, FileSample, FileSamples, file_samples
from soc_agent.detect.yara.rules import load_yara
from soc_agent.detect.yara.scan import YaraScanner
from soc_agent.model import FileFacts, Problem, RuleInfo, Where

TIMEOUT_S = 10


class YaraSampleResult(Struct, frozen=True):
    """What came of one sample of one YARA rule."""

    rule_id: str
    title: str
    wanted: bool
    number: int
    problem: Problem | None = None


def sidecar_of(path: Path) -> Path:
    """Give the path of the samples of a YARA file."""
    return path.with_name(path.stem + SIDECAR)


def check_yara_samples(path: Path) -> Iterator[YaraSampleResult]:
    """Run the rules of one YARA file against their samples. Never raises for what the files hold."""
    sidecar = sidecar_of(path)
    if not sidecar.is_file():
        return
    rules = load_yara([path])
    scanner = YaraScanner(rules)
    infos = {name: info for (_, name), info in rules.by_name.items()}
    for document in documents_of(sidecar.read_bytes(), str(sidecar)):
        if isinstance(document, Problem):
            yield YaraSampleResult("", path.name, wanted=True, number=0, problem=document)
            continue
        try:
            samples = file_samples(document.tree)
        except msgspec.ValidationError as error:
            where = Where(str(sidecar), document.line)
            problem = Problem("sample.malformed", where, {"title": path.name, "reason": str(error)})
            yield YaraSampleResult("", path.name, wanted=True, number=0, problem=problem)
            continue
        for name, of_rule in samples.items():
            where = Where(str(sidecar), document.line_of(name), name)
            yield from _check_rule(name, infos.get(name), of_rule, scanner, where)


def _check_rule(
    name: str, info: RuleInfo | None, samples: FileSamples, scanner: YaraScanner, where: Where
) -> Iterator[YaraSampleResult]:
    for wanted, number, sample in samples:
        if info is None:
            problem: Problem | None = Problem("sample.not_running", where, {"title": name, "number": number})
            yield YaraSampleResult("", name, wanted, number, problem)
            continue
        code = _judge(name, sample, scanner, wanted=wanted)
        values = {"title": info.title, "number": number, "line": (sample.text or sample.hex)[:200]}
        problem = Problem(code, where, values) if code else None
        yield YaraSampleResult(info.id, info.title, wanted, number, problem)


def _judge(name: str, sample: FileSample, scanner: YaraScanner, *, wanted: bool) -> str:
    try:
        data = sample.data()
    except ValueError:
        return "sample.not_hex"
    facts = FileFacts(path=sample.path, size=len(data), owner="root", mode="0644", modified_ns=0)
    scan = scanner.scan(data, facts, TIMEOUT_S)
    if scan.not_scanned:
        return "sample.not_scanned"
    found = any(finding.name == name for finding in scan.findings)
    if found == wanted:
        return ""
    return "sample.missed" if wanted else "sample.false_match"
