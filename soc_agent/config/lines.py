"""How lines of a file may be written, and what begins an event: what options of a source may say."""

import codecs
import re

import re2

AUTO = "auto"
_BYTES = bytes(range(256))
_WIDE = ("utf-8", "utf-16", "utf-16-le", "utf-16-be")


def is_encoding(name: str) -> bool:
    """Say whether logs in an encoding of this name can be read: UTF-8, UTF-16, or one byte a character over ASCII."""
    if name == AUTO:
        return True
    try:
        if codecs.lookup(name).name in _WIDE:
            return True
        text = _BYTES.decode(name, "replace")
    except (LookupError, ValueError, TypeError):
        return False
    return len(text) == len(_BYTES) and text[:128] == _BYTES[:128].decode("ascii")


def compile_start(pattern: str) -> "re.Pattern[bytes]":
    """Compile the pattern that first lines begin with. It takes linear time (RE2), whatever lines hold.

    :raises re2.error: when it is none.
    """
    settings = re2.Options()
    settings.never_nl = True
    settings.log_errors = False
    settings.encoding = re2.Options.Encoding.UTF8
    compiled: re.Pattern[bytes] = re2.compile(f"(?m)^(?:{pattern})".encode(), settings)
    return compiled
