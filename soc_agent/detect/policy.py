"""How pySigma is to treat untrusted rules: regular expressions only as this engine would run them."""

from typing import cast

from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import RegexEngine, RegexPattern

from soc_agent.detect.regex import RegexRefusedError, compile_regex


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


POLICY = SigmaPolicy(regex_engine=_OurEngine())
