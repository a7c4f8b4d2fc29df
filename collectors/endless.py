"""What collectors have in common whose source never ends."""

from collections.abc import Callable

from collectors.reports import Reports
from soc_agent.model import Problem


class Endless:
    """The part of :class:`soc_agent.model.Collector` that is the same for every source that never ends."""

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        """:param name: of the source in the configuration."""
        self._name = name
        self._reports = Reports(clock)

    @property
    def name(self) -> str:
        """See :class:`soc_agent.model.Collector`."""
        return self._name

    @property
    def finished(self) -> bool:
        """See :class:`soc_agent.model.Collector`: never; it is read until it is closed."""
        return False

    def problems(self) -> list[Problem]:
        """See :class:`soc_agent.model.Collector`."""
        return self._reports.current()
