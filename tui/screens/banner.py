"""The banner that says, loudly, that what is shown is not now."""

from tui import times
from tui.drawn import Drawn
from tui.outside import Line, Part, cells, fit, joined, said
from tui.view import View


class Banner(Drawn):
    """One line over the whole width while a moment of the past is shown; nothing otherwise."""

    def draw(self, width: int) -> list[Line]:
        """Give the line."""
        console = self.console_app
        view = self.screen
        at_ns = view.at_ns if isinstance(view, View) else None
        if at_ns is None:
            return []
        text = said("tui.replay.banner", time=times.moment(at_ns, console.zone))
        ago = said("tui.replay.ago", ago=times.lasting(console.now_ns() - at_ns))
        back = said("tui.replay.back")
        room = width - cells(back) - 1
        left = joined(" ", text, "   ", ago)
        if cells(left) >= room:
            left = joined(" ", text)
        return [(Part(joined(fit(left, room), back, " "), "banner"),)]
