"""A file's bytes against the YARA rules, in this very process: for samples, where nothing hostile is read."""

from soc_agent.detect.yara.rules import YaraRules
from soc_agent.model import FileFacts, Finding, Scan
from soc_agent.scanning.frames import Answer
from soc_agent.scanning.kinds import externals
from soc_agent.scanning.server import match


class YaraScanner:
    """Scans bytes with compiled rules. May be used by several threads: a scan does not hold the interpreter."""

    def __init__(self, rules: YaraRules) -> None:
        self._rules = rules

    def use(self, rules: YaraRules) -> None:
        """Take other rules, from the next file on; a scan that is going on ends with those that it began with."""
        self._rules = rules

    def scan(self, data: bytes, facts: FileFacts, timeout_s: int) -> Scan:
        """Give what the rules find in the bytes of a file, or why they could not say. Never raises for either.

        The rules see bytes that were read, never the file: one that is cut short meanwhile would end the process.
        """
        rules = self._rules
        if rules.compiled is None:
            return Scan()
        variables = externals_of(facts, data)
        return scan_of(match(rules.compiled, data, variables, timeout_s), rules)


def externals_of(facts: FileFacts, data: bytes) -> dict[str, str]:
    """Give the values of the variables that rules may ask for."""
    return externals(facts.path, facts.owner, data[:8])


def scan_of(answer: Answer, rules: YaraRules) -> Scan:
    """Give what an answer means, with the rules' faces; rules that are disabled have no findings."""
    findings = []
    for found in answer.matches:
        info = rules.by_name.get((found.namespace, found.rule))
        if info is not None and info.id not in rules.disabled:
            findings.append(Finding(info, found.rule, found.strings, found.meta, found.member, found.members))
    return Scan(
        tuple(findings), answer.not_scanned, answer.detail, answer.sha256 if findings else "", beyond=answer.beyond
    )
