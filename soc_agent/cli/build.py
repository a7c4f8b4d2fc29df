"""Putting together: what a configuration asks for becomes collectors and an engine."""

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from soc_agent.agent import Loaded
from soc_agent.cli.content import decoder_folders, rule_selection
from soc_agent.cli.listening import with_paths
from soc_agent.cli.own import without_own
from soc_agent.cli.workspace import cache_folder, filter_folder, own_rule_folders, rule_folders
from soc_agent.config import (
    Config,
    EventLogSource,
    FileSource,
    HostSource,
    IntegritySource,
    JournalSource,
    ListenerSource,
    PacketSource,
    PortalSource,
    Source,
    WatchSource,
)
from soc_agent.decode import Decoders, guess_type
from soc_agent.detect import Engine
from soc_agent.detect.indicators import Indicators, load_indicators, rule_infos
from soc_agent.detect.load.changes import RuleChanges
from soc_agent.detect.load.filters import next_expiry
from soc_agent.detect.load.settle import Look, Signature, signatures
from soc_agent.detect.load.shelf import Shelf
from soc_agent.detect.yara.process import ProcessScanner
from soc_agent.detect.yara.rules import YaraRules
from soc_agent.detect.yara.shelf import YaraShelf
from soc_agent.enrich import Enricher
from soc_agent.errors import RuleError
from soc_agent.model import Collector, Problem
from soc_agent.store.captures import captures_folder

_NS = 1_000_000_000


class Builder:
    """Makes the parts of an agent for one configuration. ``folder`` is where its relative paths begin."""

    def __init__(
        self,
        config: Config,
        folder: Path,
        before: "Builder | None" = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """:param before: the builder whose place this one takes: what it loaded goes on where new files are wrong."""
        self._config = config
        self._folder = folder
        self._clock = clock
        self._zone = ZoneInfo(config.timezone)
        selection = rule_selection(config)
        self._shelf: Shelf = Shelf(
            disabled=config.rules.disabled,
            default_suppress_s=config.rules.suppress_s,
            cache_dir=cache_folder(),
            lists=self._lists(),
            selection=selection,
            before=before._shelf if before else None,  # noqa: SLF001 - of the same class
        )
        self._yara: YaraShelf = YaraShelf(
            disabled=config.rules.disabled,
            default_suppress_s=config.rules.suppress_s,
            selection=selection,
            before=before._yara if before else None,  # noqa: SLF001 - as above
            keep_compiled=False,
        )
        self._scanner: ProcessScanner | None = before._scanner if before else None  # noqa: SLF001 - as above
        self._indicators: Indicators | None = None
        self._lists_seen: dict[str, Signature] = {}
        self._decoders: Decoders | None = None
        self._decoders_seen: dict[str, Signature] = {}
        self._decoder_problems: Sequence[Problem] = ()
        if before is not None:
            self._decoders, self._decoders_seen = before._decoders, before._decoders_seen  # noqa: SLF001 - as above
            self._decoder_problems = before._decoder_problems  # noqa: SLF001 - as above

    def rule_folders(self) -> list[Path]:
        """Give the folders and files of rules that the configuration names, and that of the filters of one's own."""
        return rule_folders(*own_rule_folders(self._config, self._folder), builtin=self._config.rules.builtin)

    def watched(self) -> list[Path]:
        """Give the files and folders that are loaded again when something in them changes; some may not be there."""
        lists = [*self._lists(), *self._indicator_lists()]
        return [*self.rule_folders(), filter_folder(self._folder), *lists, *self._decoder_folders()]

    def load(self, look: Look | None = None) -> Loaded:
        """Load the rules and decoders, and make an engine of them.

        :param look: what was seen of the files; those that are not finished stay as they run.
        :raises RuleError: when not one rule can run.
        """
        folders = self.rule_folders()
        today = datetime.fromtimestamp(self._clock() // _NS, self._zone).date()
        rules = self._shelf.load(folders, today=today, look=look)
        if not rules.infos:
            raise RuleError(Problem("cli.no_rules", values={"folders": ", ".join(map(str, folders))}), *rules.problems)
        decoders, decoder_problems = self._load_decoders()
        watches = any(isinstance(source, WatchSource) for source in self._config.sources)
        yara = self._load_yara(look) if watches else None
        indicators = self._load_indicators(look)
        enricher = Enricher.of(self._config, self._folder)
        return Loaded(
            engine=Engine(rules, decoders, enricher=enricher, indicators=indicators),
            decoders=decoders,
            rules=(
                *rules.infos.values(),
                *(yara.infos.values() if yara else ()),
                *(rule_infos().values() if indicators is not None else ()),
            ),
            problems=(
                *rules.problems,
                *decoder_problems,
                *(yara.problems if yara else ()),
                *(indicators.summary() if indicators is not None else ()),
            ),
            changes=self._shelf.changes.joined(self._yara.changes if watches else RuleChanges()),
            expires_ns=self._end_of(next_expiry(rules.filters)),
        )

    def _decoder_folders(self) -> list[Path]:
        return decoder_folders(own_rule_folders(self._config, self._folder))

    def _lists(self) -> list[Path]:
        return [self._folder / path for path in self._config.rules.lists]

    def _indicator_lists(self) -> list[Path]:
        return [self._folder / path for path in self._config.indicators.paths]

    def _load_indicators(self, look: Look | None = None) -> Indicators | None:
        """Load the lists of indicators; None where the configuration names none, which then cost nothing.

        Those that were loaded before are given again where no list changed, or one that did is not finished.
        """
        options = self._config.indicators
        if not options.paths:
            return None
        seen = signatures(self._indicator_lists())
        changed = {
            name for name in seen.keys() | self._lists_seen.keys() if seen.get(name) != self._lists_seen.get(name)
        }
        waits = look is not None and not changed.isdisjoint(look.unsettled)
        if self._indicators is None or (changed and not waits):
            self._lists_seen = seen
            self._indicators = load_indicators(
                self._indicator_lists(),
                default_tlp=options.default_tlp,
                default_days=options.default_days,
                disabled=self._config.rules.disabled,
                cache_dir=cache_folder(),
                keep=True,
            )
        return self._indicators

    def _load_decoders(self) -> tuple[Decoders, Sequence[Problem]]:
        """Load the decoders, and say what is wrong. Where something has gone wrong, those that ran before go on."""
        folders = self._decoder_folders()
        seen = signatures(folders)
        if self._decoders is not None and seen == self._decoders_seen:
            return self._decoders, self._decoder_problems
        decoders = found = Decoders.load(folders)
        self._decoders_seen, self._decoder_problems = seen, found.problems
        if self._decoders is not None and any(problem not in self._decoders.problems for problem in found.problems):
            decoders = self._decoders
        else:
            self._decoders = found
        return decoders, found.problems

    def _end_of(self, day: date | None) -> int | None:
        """Give the moment at which a day ends here."""
        if day is None:
            return None
        return int(datetime.combine(day + timedelta(days=1), datetime.min.time(), self._zone).timestamp()) * _NS

    def _load_yara(self, look: Look | None = None) -> YaraRules:
        """Load the YARA rules, and hand them to the scanner that all watched folders share."""
        rules = self._yara.load(self.rule_folders(), look)
        if self._scanner is None:
            self._scanner = ProcessScanner(rules)
        else:
            self._scanner.use(rules)
        return rules

    def collector(self, source: Source) -> Collector:
        """Make the collector that reads a source."""
        if isinstance(source, HostSource):
            from collectors.host import HostWatch

            return HostWatch(source)
        if isinstance(source, PortalSource):
            from collectors.portals import PortalWatch
            from soc_agent.cli.portals import Approvals

            ca_file = str(self._folder / source.ca_file) if source.ca_file else ""
            approvals = Approvals(self._folder / self._config.store.path, source.name)
            return PortalWatch(replace(source, ca_file=ca_file), approvals.of)
        if isinstance(source, JournalSource):
            from collectors.journal import Journal

            directory = str(self._folder / source.directory) if source.directory else ""
            return Journal(replace(source, directory=directory))
        if isinstance(source, ListenerSource):
            from collectors.listener import Listener

            return Listener(with_paths(source, self._folder, self._config.store.path), guess_type)
        source = replace(source, paths=tuple(str(self._folder / path) for path in source.paths))
        source = without_own(source, self._config, self._folder)
        if isinstance(source, FileSource):
            from collectors.file_tail import FileTail

            return FileTail(source, guess_type)
        if isinstance(source, PacketSource):
            from collectors.packets import PacketProcess

            return PacketProcess(source, captures_folder(self._folder / self._config.store.path, source.name))
        if isinstance(source, EventLogSource):
            from collectors.eventlog_folder import EventLogFolder

            return EventLogFolder(source)
        if isinstance(source, IntegritySource):
            from collectors.integrity import IntegrityWatch
            from soc_agent.cli.integrity import Approvals as Approved

            approved = Approved(self._folder / self._config.store.path, source.name)
            return IntegrityWatch(source, approved.of)
        assert isinstance(source, WatchSource)
        from collectors.file_watch import FileWatch

        if self._scanner is None:
            self._load_yara()
            assert self._scanner is not None
        return FileWatch(source, self._scanner)
