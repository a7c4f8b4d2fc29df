"""Answers the console's questions about lines, with the rules as they are now and the sources as configured."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeVar

from soc_agent.cli.alert_lines import context_of
from soc_agent.cli.content import own_decoders, rule_selection
from soc_agent.cli.lastlines import last_lines
from soc_agent.cli.workspace import cache_folder, own_rule_folders, rule_folders
from soc_agent.config import Config
from soc_agent.decode import Context, Decoders
from soc_agent.detect import RuleSet, load_rules
from soc_agent.detect.explain.judging import judge_line
from soc_agent.detect.explain.line import LineExplainer
from soc_agent.enrich import Enricher
from soc_agent.errors import SocAgentError
from soc_agent.model import Explanation, Problem
from soc_agent.model.judging import Judged, LogLine

A = TypeVar("A")


class Desk:
    """Reads lines, judges and explains them. May be called from several threads; one question is answered at a time."""

    def __init__(self, config: Config, folder: Path) -> None:
        """:param folder: where the relative paths of the configuration begin."""
        self._config = config
        self._folder = folder
        self._lock = Lock()
        self._read: tuple[Decoders, Enricher] | None = None

    def lines(self, source: str) -> tuple[LogLine, ...] | Problem:
        """Give the last lines of a source, in the order in which they were written."""
        return self._answer(lambda: last_lines(self._config, self._folder, source))

    def judge(self, line: LogLine) -> Judged | Problem:
        """Say what all rules make of a line."""

        def judged() -> Judged:
            decoders, _ = self._tools()
            return judge_line(self._rules(), decoders, line.raw, self._context(line))

        return self._answer(judged)

    def explain(self, rule_id: str, line: LogLine, title: str) -> Explanation | Problem:
        """Say why a rule matches a line, or does not. ``title`` names the rule where it does not run any more."""

        def explained() -> Explanation | Problem:
            decoders, enricher = self._tools()
            explainer = LineExplainer(self._rules(), decoders, enricher.value)
            found = explainer.explain(rule_id, line.raw, self._context(line))
            return found or Problem("explain.not_running", values={"title": title, "id": rule_id})

        return self._answer(explained)

    def _answer(self, question: Callable[[], A]) -> A | Problem:
        with self._lock:
            try:
                return question()
            except SocAgentError as error:
                return error.problem

    def _tools(self) -> tuple[Decoders, Enricher]:
        if self._read is None:
            self._read = own_decoders(self._config, self._folder), Enricher.of(self._config, self._folder)
        return self._read

    def _rules(self) -> RuleSet:
        options = self._config.rules
        return load_rules(
            rule_folders(*own_rule_folders(self._config, self._folder), builtin=options.builtin),
            disabled=options.disabled,
            cache_dir=cache_folder(),
            lists=[self._folder / path for path in options.lists],
            selection=rule_selection(self._config),
        )

    def _context(self, line: LogLine) -> Context:
        return context_of(self._config, line.source, line.raw, line.time_ns or time.time_ns(), line.place)
