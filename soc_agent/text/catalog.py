"""The message catalogues: every user-facing sentence, by key, in Vietnamese and English.

A catalogue is a folder of YAML files beside this module, ``en/`` and ``vi/``. A file ``cli.yml`` holds the keys
``cli.*``; nesting in the file makes the dots. Values are ``str.format`` templates. Both languages have the same keys
and the same placeholders, which a test holds.
"""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

LANGUAGES = ("vi", "en")
_DEFAULT = "en"
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_language = _DEFAULT


def detect_language(environment: Mapping[str, str] = os.environ) -> str:
    """Give the language that the environment asks for (POSIX ``LC_ALL``, ``LC_MESSAGES``, ``LANG``); else English."""
    for name in ("SOC_AGENT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return next((language for language in LANGUAGES if value.lower().startswith(language)), _DEFAULT)
    return _DEFAULT


def use_language(language: str) -> None:
    """Speak this language from here on, in the whole process: threads and tasks that run already speak it too.

    :raises ValueError: when there is no such catalogue.
    """
    global _language  # noqa: PLW0603 - one person reads the program; a context variable would leave its threads behind
    if language not in LANGUAGES:
        raise ValueError(language)
    _language = language


def current_language() -> str:
    """Give the language in use, ``vi`` or ``en``."""
    return _language


def say(key: str, /, *, language: str | None = None, **values: Any) -> str:
    """Give the sentence with this key, its placeholders filled, in the current language.

    :raises KeyError: when no catalogue has the key: that is a mistake in the program, and a test finds it.
    """
    chosen = language or _language
    template = catalogue(chosen).get(key) or catalogue(_DEFAULT)[key]
    return template.format(**values)


def has(key: str) -> bool:
    """Say whether the catalogues have this key."""
    return key in catalogue(_DEFAULT)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Give a whole catalogue: key to template."""
    messages: dict[str, str] = {}
    folder = resources.files(__package__).joinpath(language)
    for file in folder.iterdir():
        if file.name.endswith(".yml"):
            tree = yaml.load(file.read_text("utf-8"), Loader=_LOADER) or {}  # noqa: S506 - a safe loader
            messages.update(_flatten(tree, file.name.removesuffix(".yml")))
    return messages


def _flatten(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield dotted keys; a key named ``_`` holds the sentence of its parent, so that a key can have children too."""
    for name, value in tree.items():
        key = prefix if name == "_" else f"{prefix}.{name}"
        if isinstance(value, Mapping):
            yield from _flatten(value, key)
        else:
            yield key, str(value).rstrip("\n")
