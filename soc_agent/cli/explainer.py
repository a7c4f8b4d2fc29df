"""Explains alerts for the console: the rules as the configuration names them, read when they are first asked for."""

from pathlib import Path
from threading import Lock

from soc_agent.cli.alert_lines import context_of
from soc_agent.cli.workspace import cache_folder, own_rule_folders, rule_folders
from soc_agent.config import Config
from soc_agent.decode import Decoders
from soc_agent.detect import load_rules
from soc_agent.detect.explain.line import LineExplainer
from soc_agent.enrich import Enricher
from soc_agent.errors import SocAgentError
from soc_agent.model import Alert, Explanation, Problem


class AlertExplainer:
    """Says why the rule of an alert matches its line. May be called from several threads."""

    def __init__(self, config: Config, folder: Path) -> None:
        """:param folder: where the relative paths of the configuration begin."""
        self._config = config
        self._folder = folder
        self._lock = Lock()
        self._decoders: Decoders | None = None
        self._enricher: Enricher | None = None

    def __call__(self, alert: Alert) -> Explanation | Problem:
        """Explain an alert with the rules as they are now; what stands in the way is a problem."""
        with self._lock:
            try:
                return self._explain(alert)
            except SocAgentError as error:
                return error.problem

    def _explain(self, alert: Alert) -> Explanation | Problem:
        rules = self._config.rules
        loaded = load_rules(
            rule_folders(*own_rule_folders(self._config, self._folder), builtin=rules.builtin),
            disabled=rules.disabled,
            cache_dir=cache_folder(),
            lists=[self._folder / path for path in rules.lists],
        )
        if self._decoders is None:
            self._decoders = Decoders.load()
        if self._enricher is None:
            self._enricher = Enricher.of(self._config, self._folder)
        explainer = LineExplainer(loaded, self._decoders, self._enricher.value)
        context = context_of(self._config, alert.source, alert.raw, alert.recorded_ns)
        explained = explainer.explain(alert.rule_id, alert.raw, context)
        if explained is not None:
            return explained
        return Problem("explain.not_running", values={"title": alert.title, "id": alert.rule_id})
