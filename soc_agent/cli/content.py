"""What of the product's content runs by a configuration, and what of one's own: which rules, which decoders."""

import os
from collections.abc import Iterable
from pathlib import Path

from soc_agent.cli.workspace import own_rule_folders
from soc_agent.config import Config
from soc_agent.decode import Decoders
from soc_agent.detect.load.profiles import Selection, selection_of
from soc_agent.detect.load.shelf import DECODERS_FOLDER
from soc_agent.resources import resource


def rule_selection(config: Config) -> Selection:
    """Give which of the rules that come with the product run.

    :raises RuleError: when the configuration names a profile that there is not.
    """
    return selection_of(config.rules.profiles, resource("rules"))


def decoder_folders(own: Iterable[Path] = ()) -> list[Path]:
    """Give the folders of decoders: that of the product, then those named ``decoders`` among rules of one's own.

    A decoder there takes the place of one of the product with the same name.
    """
    found = [resource("rules") / DECODERS_FOLDER]
    for root in own:
        found += [Path(folder) for folder, _, _ in sorted(os.walk(root)) if Path(folder).name == DECODERS_FOLDER]
    return found


def own_decoders(config: Config, folder: Path) -> Decoders:
    """Load the decoders that an agent of this configuration has; its relative paths begin in ``folder``."""
    return Decoders.load(decoder_folders(own_rule_folders(config, folder)))
