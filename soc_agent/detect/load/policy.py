"""How pySigma is to read rules: expressions only as this engine would run them, and each modifier by all its names."""

from typing import cast

from sigma.modifiers import SigmaWideModifier, modifier_mapping
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import RegexEngine, RegexPattern

from soc_agent.detect.regex.expression import RegexRefusedError, compile_regex


class _OurEngine(RegexEngine):
    """Checks expressions with :func:`compile_regex`; pySigma never matches events with them."""

    def compile(self, pattern: str, flags: int = 0) -> RegexPattern:
        """Check an expression."""
        compile_regex(pattern)
        return cast("RegexPattern", None)

    @property
    def error(self) -> type[Exception]:
        """What :meth:`compile` raises."""
        return RegexRefusedError


# the specification's own name (Modifiers 2.1.0, Encoding), of which pySigma 2.0 knows the alias `wide` alone
modifier_mapping.setdefault("utf16le", SigmaWideModifier)

POLICY = SigmaPolicy(regex_engine=_OurEngine())
