"""What detects: rules that load and those that do not, what is known of networks and addresses."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, Verdict, ok
from soc_agent.enrich import review
from soc_agent.errors import SocAgentError
from soc_agent.text import make_safe, say

NESTED_SHOWN = 5
"""Networks within networks that are named."""


def rules(case: Case) -> Iterator[Check]:
    """Load the rules as the agent would, and say what is wrong with those that do not."""
    try:
        loaded = case.builder.load()
    except SocAgentError as failure:
        yield Check("rules", Verdict.ERROR, problem=failure.problem)
        return
    yield ok("rules", str(len(loaded.rules)))
    for problem in loaded.problems:
        yield Check("rules", Verdict.WARN, problem=problem)


def enrichment(case: Case) -> Iterator[Check]:
    """Look over networks, register and address databases, as far as there are any."""
    config = case.config
    found = review(config, case.folder, time.time())
    if config.networks or config.assets:
        told = [say("enrich.review.counted", networks=len(config.networks), assets=len(config.assets))]
        if found.public:
            told.append(say("enrich.review.public", ranges=", ".join(found.public)))
        told += [say("enrich.review.nested", inner=inner, outer=outer) for inner, outer in found.nested[:NESTED_SHOWN]]
        yield ok("networks", "; ".join(told))
    for problem in found.problems:
        yield Check("networks", Verdict.WARN, problem=problem)
    for path, about, wrong in found.databases:
        if wrong is not None:
            yield Check("databases", Verdict.WARN if about else Verdict.ERROR, problem=wrong)
        elif about is not None:
            date = datetime.fromtimestamp(about.built_s, UTC).date().isoformat()
            detail = say("enrich.review.database", path=path, kind=about.kind, date=date)
            yield ok("databases", make_safe(detail))
