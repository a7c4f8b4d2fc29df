"""The filter language of alert lists: ``level>=high status=open src_ip=10.0.0.5 -host=web01 since=24h free words``."""

from msgspec import Struct

from soc_agent.errors import SocAgentError


class FilterError(SocAgentError):
    """The filter must be changed."""


class AlertFilter(Struct, frozen=True):
    """A filter that was understood."""

    text: str = ""

    @classmethod
    def parse(cls, text: str) -> "AlertFilter":
        """Understand a filter. The empty one lets every alert through.

        :raises FilterError: naming what is not understood, and the nearest right name.
        """
        return cls(text)
