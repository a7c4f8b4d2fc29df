"""From chosen alerts in the store to a filter in a folder: what ``rules tune`` and the console share."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from soc_agent.cli.alert_lines import CaseReader, rules_behind
from soc_agent.cli.content import rule_selection
from soc_agent.cli.workspace import cache_folder, filter_folder, own_rule_folders, rule_folders
from soc_agent.config import Config
from soc_agent.detect import RuleSet, ir, load_rules
from soc_agent.detect.tune.filter_text import Origin, Outcome, file_name, filter_text, try_filter
from soc_agent.detect.tune.propose import Case, Verdict, propose
from soc_agent.errors import RuleError, SocAgentError
from soc_agent.model import Alert, Problem, Where
from soc_agent.model.tuning import TunedAlert, TunedFilter
from soc_agent.store import AlertFilter, Store

ALERTS_CAP = 5_000
"""So many alerts of the rule are tried, the latest."""
DAYS = 90
"""After so many days a filter ends, unless somebody says otherwise."""
_REASONS_READ = 100


class AlertTuner:
    """Tunes the rules of a configuration by the alerts of its store."""

    def __init__(self, config: Config, folder: Path, store_path: Path) -> None:
        """:param folder: where the relative paths of the configuration begin."""
        self._config = config
        self._folder = folder
        self._store_path = store_path

    def rules(self) -> RuleSet:
        """Load the rules that run, with the filters that there are."""
        options = self._config.rules
        return load_rules(
            rule_folders(*own_rule_folders(self._config, self._folder), builtin=options.builtin),
            disabled=options.disabled,
            cache_dir=cache_folder(),
            lists=[self._folder / path for path in options.lists],
            selection=rule_selection(self._config),
        )

    def propose(self, alert_ids: tuple[int, ...], reason: str, author: str) -> TunedFilter | Problem:
        """Propose a filter for alerts of one rule; or give what stands in the way."""
        try:
            with Store.open(self._store_path, read_only=True) as store:
                alerts = store.alerts(alert_ids)
                if not alerts:
                    return Problem("tuning.none_chosen")
                rule_id = alerts[0].rule_id
                return self.proposed(store, self.rules(), rule_id, frozenset(alert_ids), reason, author, DAYS)
        except SocAgentError as error:
            return error.problem

    def proposed(
        self,
        store: Store,
        rules: RuleSet,
        rule_id: str,
        chosen: frozenset[int],
        reason: str,
        author: str,
        days: int,
    ) -> TunedFilter:
        """Propose a filter, and try it on the alerts of the rule.

        :raises RuleError: when there is none, or an alert is not one of the rule.
        """
        if rule_id not in rules.infos:
            raise RuleError(Problem("rules.explain.unknown", values={"name": rule_id}))
        alerts = alerts_of(store, rule_id)
        if not chosen:
            raise RuleError(Problem("tuning.none_chosen"))
        if others := sorted(chosen - {alert.id for alert in alerts}):
            raise RuleError(Problem("tuning.other_rule", values={"id": others[0]}))
        tuned = rules_behind(rules, rule_id)
        reader = CaseReader(tuned, self._config, self._folder)
        cases = [reader.case(alert, store.detections_of(alert.id), chosen) for alert in alerts]
        now = datetime.fromtimestamp(time.time(), ZoneInfo(self._config.timezone))
        why = reason or _reasons(store, chosen)
        origin = Origin(str(uuid4()), author, why, now.date(), now.date() + timedelta(days=days))
        text, outcomes = _tried(tuned, cases, origin, rules.infos[rule_id].title)
        keys = {alert.id: alert.entity_key for alert in alerts}
        return TunedFilter(
            file_name(tuned, origin),
            text,
            origin.expires.isoformat(),
            why,
            tuple(_tuned(outcome, keys) for outcome in outcomes),
        )

    def write(self, found: TunedFilter, *, even_so: bool = False) -> str | Problem:
        """Write a filter whole or not at all, into a folder of one's own; give the path, or why it cannot be.

        :param even_so: also when it hides lines of true alerts.
        """
        if not found.reason:
            return Problem("tuning.reason_needed")
        if found.lost and not even_so:
            return Problem("tuning.not_spared", values={"count": found.lost})
        given = [self._folder / path for path in self._config.rules.paths]
        folder = next((path for path in given if path.is_dir()), filter_folder(self._folder))
        path, unfinished = folder / found.name, folder / f".{found.name}.new"
        try:
            folder.mkdir(exist_ok=True)
            with unfinished.open("x", encoding="utf-8") as file:
                file.write(found.text)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            return Problem("cli.unwritable", Where(str(path)), {"reason": error.strerror})
        return str(path)


def alerts_of(store: Store, rule_id: str) -> list[Alert]:
    """Give the alerts of a rule, the latest, bounded."""
    ids = store.alert_ids(AlertFilter.parse(f'rule="{rule_id}"'))[:ALERTS_CAP]
    return [alert for alert in store.alerts(ids) if alert.rule_id == rule_id]


def _tried(rules: Sequence[ir.Rule], cases: Sequence[Case], origin: Origin, title: str) -> tuple[str, list[Outcome]]:
    readable = sum(bool(case.events) for case in cases if case.verdict is Verdict.FALSE)
    if not rules or not readable:
        raise RuleError(Problem("tuning.nothing_read", values={"title": title}))
    found = propose(rules, cases)
    if found is None:
        raise RuleError(Problem("tuning.nothing_shared", values={"title": title, "count": readable}))
    text = filter_text(found, rules, origin)
    return text, try_filter(text, rules, cases)


def _reasons(store: Store, chosen: frozenset[int]) -> str:
    """Give what people said when they marked the alerts as false positives."""
    said: dict[str, None] = {}
    for alert_id in sorted(chosen)[:_REASONS_READ]:
        for entry in store.history(alert_id):
            if entry.kind == "false_positive" and entry.data.get("reason"):
                said[str(entry.data["reason"])] = None
    return "; ".join(list(said)[:3])


def _tuned(outcome: Outcome, keys: dict[int, str]) -> TunedAlert:
    fate = "removed" if outcome.removed else "partly" if outcome.touched else "stays"
    return TunedAlert(
        outcome.alert_id,
        outcome.verdict.value,
        outcome.lines,
        outcome.hidden,
        fate if outcome.lines else "unread",
        keys.get(outcome.alert_id, ""),
    )
