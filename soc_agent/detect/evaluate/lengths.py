"""Expressions that ask only how long a text is: ``.{1000,}``. An automaton with a thousand states is slow."""

import re

from soc_agent.detect.regex.expression import Found

_LONG = re.compile(r"(?:\.|\(\.\))\{(\d{1,6})(?:,)?\}")


def compile_length(pattern: str, flags: str) -> Found | None:
    """Give the matcher of an expression that is found in each text with a line of so many characters.

    None for any other expression. A dot is any character but a newline.
    """
    found = _LONG.fullmatch(pattern)
    if found is None or flags not in ("", "i"):
        return None
    least = int(found[1])

    def is_long(text: str) -> bool:
        return len(text) >= least and any(len(line) >= least for line in text.split("\n"))

    return is_long
