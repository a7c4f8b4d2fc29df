"""Putting together: what a configuration asks for becomes collectors and an engine."""

from functools import cached_property
from pathlib import Path

from msgspec.structs import replace

from soc_agent.agent import Loaded
from soc_agent.cli.workspace import cache_folder, rule_folders
from soc_agent.config import Config, FileSource, PacketSource, Source, WatchSource
from soc_agent.decode import Decoders, guess_type
from soc_agent.detect import Engine, load_rules
from soc_agent.detect.yara_rules import YaraRules, load_yara
from soc_agent.detect.yara_scan import YaraScanner
from soc_agent.errors import RuleError
from soc_agent.model import Collector, Problem


class Builder:
    """Makes the parts of an agent for one configuration. ``folder`` is where its relative paths begin."""

    def __init__(self, config: Config, folder: Path) -> None:
        self._config = config
        self._folder = folder

    def rule_folders(self) -> list[Path]:
        """Give the folders and files of rules that the configuration names."""
        rules = self._config.rules
        return rule_folders(*(self._folder / path for path in rules.paths), builtin=rules.builtin)

    def load(self) -> Loaded:
        """Load the rules and decoders, and make an engine of them.

        :raises RuleError: when not one rule can run.
        """
        folders = self.rule_folders()
        rules = load_rules(
            folders,
            disabled=self._config.rules.disabled,
            default_suppress_s=self._config.rules.suppress_s,
            cache_dir=cache_folder(),
            lists=[self._folder / path for path in self._config.rules.lists],
        )
        if not rules.infos:
            raise RuleError(Problem("cli.no_rules", values={"folders": ", ".join(map(str, folders))}), *rules.problems)
        decoders = Decoders.load()
        watches = any(isinstance(source, WatchSource) for source in self._config.sources)
        more = [self.yara_rules] if watches else []
        return Loaded(
            engine=Engine(rules, decoders),
            decoders=decoders,
            rules=(*rules.infos.values(), *(info for yara in more for info in yara.infos.values())),
            problems=(*rules.problems, *decoders.problems, *(problem for yara in more for problem in yara.problems)),
        )

    @cached_property
    def yara_rules(self) -> YaraRules:
        """The YARA rules, compiled when the first folder is watched."""
        rules = self._config.rules
        return load_yara(self.rule_folders(), disabled=rules.disabled, default_suppress_s=rules.suppress_s)

    def collector(self, source: Source) -> Collector:
        """Make the collector that reads a source."""
        source = replace(source, paths=tuple(str(self._folder / path) for path in source.paths))
        if isinstance(source, FileSource):
            from collectors.file_tail import FileTail

            return FileTail(source, guess_type)
        if isinstance(source, PacketSource):
            from collectors.packets import PacketCapture

            return PacketCapture(source)
        from collectors.file_watch import FileWatch

        return FileWatch(source, YaraScanner(self.yara_rules))
