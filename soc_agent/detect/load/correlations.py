"""Correlation documents, read by pySigma. They refer to rules as their authors did, until all rules are known."""

from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaCorrelationConditionError, SigmaError

from soc_agent.detect.correlate import compile_correlation, split_first_seen, split_range, split_rhythm, split_session
from soc_agent.detect.correlate.expression import check_length
from soc_agent.detect.load.cache import CorrelationEntry
from soc_agent.detect.load.correlation_form import can_hold, form_problems, placed, problem_at, with_numbers
from soc_agent.detect.load.documents import Document
from soc_agent.detect.load.info import info_of
from soc_agent.detect.load.parse import Parsed, invalid, refuse, soc_problem
from soc_agent.detect.load.policy import POLICY
from soc_agent.errors import RuleError
from soc_agent.model import LogSource, Problem, RuleKind


def parse_correlation(document: Document, name: str) -> Parsed:
    """Translate a correlation document of the file ``name``. Never raises: what is wrong is in the problems."""
    result = Parsed(problems=[])
    try:
        result.correlation, result.problems = _read(document, name)
    except RuleError as error:
        result.problems = [placed(problem, document, name) for problem in error.problems]
    except Exception as error:  # noqa: BLE001 - pySigma meets untrusted documents with whatever Python raises
        result.problems = [invalid(error, document, name)]
    return result


def _read(document: Document, name: str) -> tuple[CorrelationEntry, list[Problem]]:
    check_length(document.tree.get("correlation"))
    if faults := form_problems(document, name):
        raise RuleError(*faults)
    own, first_seen = split_first_seen(document.tree)
    own, rhythm = split_rhythm(own)
    own, session = split_session(own)
    tree, more = split_range(with_numbers(own))
    try:
        parsed = SigmaCorrelationRule.from_dict(tree, collect_errors=True, policy=POLICY)
    except SigmaError as error:
        _refuse([error], document, name)
        raise
    _refuse(parsed.errors, document, name)
    info, fault = info_of(own, name, LogSource(), RuleKind.CORRELATION)
    spec = compile_correlation(parsed, info, lambda reference: reference, more, first_seen, rhythm, session)
    if not can_hold(spec):
        raise RuleError(Problem("correlation_form.never", values={"condition": spec.condition}))
    entry = CorrelationEntry(spec, parsed.name or "", document.line)
    return entry, soc_problem(fault, document, name)


def _refuse(errors: list[SigmaError], document: Document, name: str) -> None:
    """Turn what pySigma found wrong into problems; it knows no places, but what lies in the condition lies there.

    :raises RuleError: with all of them, when there is one.
    """
    for error in errors:
        if isinstance(error, SigmaCorrelationConditionError):
            raise RuleError(problem_at("rule.invalid", document, name, ("condition",), reason=str(error.args[0])))
    refuse(errors, document, name)
