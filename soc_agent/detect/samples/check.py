"""Runs rules against their own samples: what each must find, and what each must leave alone."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from soc_agent.decode import Context, Decoders
from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.engine import Engine
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.rule_files import DECODERS_FOLDER, PROFILES_FOLDER
from soc_agent.detect.load.shelf import SUFFIXES, load_rules
from soc_agent.detect.ruleset import RuleSet
from soc_agent.detect.samples.files import SIDECAR, LineSample, LineSamples, line_samples
from soc_agent.detect.yara.samples import check_yara_samples
from soc_agent.enrich import Enricher, Networks, PlaceTable, Register
from soc_agent.model import Block, Problem, RuleKind, Where

RECEIVED_NS = 1_795_226_400_000_000_000
"""2026-11-21 02:00 UTC: when sample lines are said to be read, so that years are inferred the same every day."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_EXCERPT_CHARS = 200


class SampleResult(Struct, frozen=True):
    """What came of one sample of one rule."""

    rule_id: str
    title: str
    path: str
    """The file of the rule."""
    kind: RuleKind
    wanted: bool
    """Whether the rule must find the sample, or must leave it alone."""
    number: int
    """Of the sample, from 1 among those of its kind."""
    problem: Problem | None = None
    """What does not hold; None when the sample does."""

    @property
    def ok(self) -> bool:
        """Whether the rule does with the sample what it should."""
        return self.problem is None


def check_samples(paths: Sequence[Path], decoders: Decoders | None = None) -> Iterator[SampleResult]:
    """Run every rule of files and folders against its own samples, filters laid over it; each rule by itself.

    Every line of a rule's sample counts: each must be found, or none. The lines of a correlation's sample are one
    sequence, which must give at least one detection, or none. Rules without samples are passed over; so are folders
    named ``decoders``, whose samples are checked with the decoders. Never raises for what files hold.
    """
    found = list(_files(paths))
    rules = load_rules([path for path in found if path.suffix.lower() in SUFFIXES])
    runner = _Runner(rules, decoders or Decoders.load())
    for path in found:
        if path.suffix.lower() in SUFFIXES:
            yield from _check_file(path, runner)
        else:
            for result in check_yara_samples(path):
                yield SampleResult(
                    result.rule_id, result.title, str(path), RuleKind.YARA, result.wanted, result.number, result.problem
                )


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for root in paths:
        if root.is_file():
            yield root
            continue
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if name not in (DECODERS_FOLDER, PROFILES_FOLDER))
            for name in sorted(names):
                if name.lower().endswith((*SUFFIXES, ".yar", ".yara")) and not name.endswith(SIDECAR):
                    yield Path(folder, name)


def _check_file(path: Path, runner: "_Runner") -> Iterator[SampleResult]:
    try:
        data = path.read_bytes()
    except OSError:
        return  # the loader names it
    for document in documents_of(data, str(path)):
        if isinstance(document, Document):
            yield from _check_document(document, path, runner)


def _check_document(document: Document, path: Path, runner: "_Runner") -> Iterator[SampleResult]:
    tree = document.tree
    rule_id, title = str(tree.get("id", "")).lower(), str(tree.get("title", ""))
    kind = RuleKind.CORRELATION if "correlation" in tree else RuleKind.SIGMA
    where = Where(str(path), document.line_of("samples"), "samples")
    try:
        samples = line_samples(tree) or LineSamples()
    except msgspec.ValidationError as error:
        malformed = Problem("sample.malformed", where, {"title": title, "reason": str(error)})
        yield SampleResult(rule_id, title, str(path), kind, wanted=True, number=0, problem=malformed)
        return
    enricher = Enricher(Register(), Networks(), PlaceTable(samples.enrich))
    for wanted, number, sample in samples:
        code, values = runner.judge(rule_id, sample, enricher, wanted=wanted)
        problem = Problem(code, where, {"title": title, "number": number, **values}) if code else None
        yield SampleResult(rule_id, title, str(path), kind, wanted, number, problem)


class _Runner:
    """Holds the rules, and an engine for each that is asked for, with nothing but that rule and what it builds on."""

    def __init__(self, rules: RuleSet, decoders: Decoders) -> None:
        self._decoders = decoders
        self._types = frozenset(decoders.types())
        self._rules = {rule.info.id: rule for rule in rules.rules}
        self._correlations = {spec.info.id: spec for spec in rules.correlations}

    def judge(
        self, rule_id: str, sample: LineSample, enricher: Enricher, *, wanted: bool
    ) -> tuple[str, Mapping[str, str]]:
        """Give the code of what does not hold, and its values; an empty code when all is well."""
        if sample.type not in self._types:
            return "sample.type", {"type": sample.type, "known": ", ".join(sorted(self._types))}
        if rule_id not in self._rules and rule_id not in self._correlations:
            return "sample.not_running", {}
        lines = sample.expand()
        hits = self._hits(rule_id, sample.type, lines, enricher)
        if rule_id in self._correlations:
            if bool(hits) == wanted:
                return "", {}
            return ("sample.no_alert", {}) if wanted else ("sample.false_alert", {"line": lines[min(hits) - 1]})
        for number, line in enumerate(lines, 1):
            if (number in hits) != wanted:
                return "sample.missed" if wanted else "sample.false_match", {"line": line[:_EXCERPT_CHARS]}
        return "", {}

    def _hits(self, rule_id: str, line_type: str, lines: Sequence[str], enricher: Enricher) -> set[int]:
        """Give the numbers of the lines, from 1, at which the rule gives a detection."""
        data = "".join(f"{line}\n" for line in lines).encode()
        block = Block(source="sample", stream="sample", stream_id="sample", type=line_type, data=data)
        context = Context(source_name="sample", type=line_type, timezone=ZONE, received_ns=RECEIVED_NS)
        engine = Engine(self._alone(rule_id), self._decoders, enricher=enricher)
        detections = engine.run(block, context).detections + engine.advance().detections
        return {detection.line_number for detection in detections if detection.rule.id == rule_id}

    def _alone(self, rule_id: str) -> RuleSet:
        """Give a rule set of one rule, or of one correlation and all that it builds on, which stays silent."""
        if rule_id in self._rules:
            return RuleSet((self._rules[rule_id],), infos={rule_id: self._rules[rule_id].info})
        needed: dict[str, CorrelationSpec] = {}
        base: dict[str, None] = {}
        waiting = [rule_id]
        while waiting:
            spec = self._correlations.get(waiting.pop())
            if spec is None or spec.info.id in needed:
                continue
            needed[spec.info.id] = spec
            for reference in spec.rule_ids:
                if reference in self._correlations:
                    waiting.append(reference)
                else:
                    base[reference] = None
        return RuleSet(tuple(self._rules[name] for name in base), tuple(needed.values()), silent=frozenset(base))
