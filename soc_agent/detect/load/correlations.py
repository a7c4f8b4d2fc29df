"""Correlation documents, read by pySigma. They refer to rules as their authors did, until all rules are known."""

from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError

from soc_agent.detect.correlate import compile_correlation, split_first_seen, split_range
from soc_agent.detect.correlate.expression import check_length
from soc_agent.detect.load.cache import CorrelationEntry
from soc_agent.detect.load.documents import Document
from soc_agent.detect.load.info import info_of
from soc_agent.detect.load.parse import Parsed, invalid, refuse, soc_problem
from soc_agent.detect.load.policy import POLICY
from soc_agent.errors import RuleError
from soc_agent.model import LogSource, Problem, RuleKind, Where


def parse_correlation(document: Document, name: str) -> Parsed:
    """Translate a correlation document of the file ``name``. Never raises: what is wrong is in the problems."""
    result = Parsed(problems=[])
    try:
        result.correlation, result.problems = _read(document, name)
    except RuleError as error:
        result.problems = [_placed(problem, document, name) for problem in error.problems]
    except Exception as error:  # noqa: BLE001 - pySigma meets untrusted documents with whatever Python raises
        result.problems = [invalid(error, document, name)]
    return result


def _read(document: Document, name: str) -> tuple[CorrelationEntry, list[Problem]]:
    check_length(document.tree.get("correlation"))
    own, first_seen = split_first_seen(document.tree)
    tree, more = split_range(own)
    try:
        parsed = SigmaCorrelationRule.from_dict(tree, collect_errors=True, policy=POLICY)
    except SigmaError as error:
        refuse([error], document, name)
        raise
    refuse(parsed.errors, document, name)
    info, fault = info_of(own, name, LogSource(), RuleKind.CORRELATION)
    spec = compile_correlation(parsed, info, lambda reference: reference, more, first_seen)
    entry = CorrelationEntry(spec, parsed.name or "", document.line)
    return entry, soc_problem(fault, document, name)


def _placed(problem: Problem, document: Document, name: str) -> Problem:
    where = problem.where if problem.where.file else Where(name, document.line_of("correlation"), "correlation")
    return Problem(problem.code, where, problem.values)
