"""What commands share: the configuration, and the paths that follow from it."""

import os
from functools import cached_property
from pathlib import Path

from soc_agent.config import Config, load_config
from soc_agent.errors import ConfigError
from soc_agent.model import Problem
from soc_agent.resources import resource
from soc_agent.text import detect_language, use_language

SEARCH = (Path("config.yaml"), Path("/etc/soc-agent/config.yaml"))
"""Where a configuration is looked for when none is named."""

RULE_KINDS = ("sigma", "correlation", "filters", "yara")
"""The folders of ``rules/`` that hold rules; the decoders lie beside them."""


class Workspace:
    """The configuration that a command works with, read when it is first needed."""

    def __init__(self, named: Path | None, language: str | None) -> None:
        self._named = named
        self._language = language

    @cached_property
    def config_path(self) -> Path:
        """Path of the configuration file: named by ``--config`` or ``SOC_AGENT_CONFIG``, or found.

        :raises ConfigError: when there is none.
        """
        if self._named:
            return self._named
        if from_environment := os.environ.get("SOC_AGENT_CONFIG"):
            return Path(from_environment)
        for candidate in SEARCH:
            if candidate.is_file():
                return candidate
        raise ConfigError(Problem("cli.no_config", values={"searched": ", ".join(map(str, SEARCH))}))

    @cached_property
    def config(self) -> Config:
        """The configuration. Its language becomes that of the program, unless ``--lang`` or the environment says.

        :raises ConfigError: when it cannot be read or is wrong.
        """
        config = load_config(self.config_path)
        if config.console.language and not self._language and "SOC_AGENT_LANG" not in os.environ:
            use_language(config.console.language)
        elif not self._language:
            use_language(detect_language())
        return config

    def reload(self) -> Config:
        """Read the configuration again; the old one stays when that fails."""
        config = load_config(self.config_path)
        self.__dict__["config"] = config
        return config

    @property
    def store_path(self) -> Path:
        """Path of the store; a relative one is taken from the folder of the configuration file."""
        return self.config_path.resolve().parent / self.config.store.path


def rule_folders(*more: Path, builtin: bool = True) -> list[Path]:
    """Give the folders of rules to load: those that come with the product, then others."""
    own = [resource("rules") / kind for kind in RULE_KINDS] if builtin else []
    return [*own, *more]


def filter_folder(folder: Path) -> Path:
    """Give the folder for filters of one's own, beside the configuration in ``folder``. It need not be named there."""
    return folder / "filters"


def own_rule_folders(config: Config, folder: Path) -> list[Path]:
    """Give the folders and files of rules of one's own: those named, and that of filters beside the configuration."""
    filters = filter_folder(folder)
    return [*(folder / path for path in config.rules.paths), *([filters] if filters.is_dir() else [])]


def cache_folder() -> Path:
    """Give the folder for what can be made again, such as compiled rules (XDG base directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "soc-agent"
