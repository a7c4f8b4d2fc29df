"""Time travel: the alert list and the four layers as they stood at any recorded moment."""

import time
from collections.abc import Iterable
from typing import Any, ClassVar

from msgspec import Struct, structs
from textual import on
from textual.widget import Widget

from soc_agent.errors import StoreError
from soc_agent.layers import LayerState, layer_states
from soc_agent.model import Alert
from soc_agent.store import Store
from tui import times
from tui.alertlist import AlertList
from tui.dialogs import Ask
from tui.drawn import Drawn
from tui.histogram import axis, bars, place
from tui.keys import LISTING, OPENING, PIVOTING, Key
from tui.listing import Listing, listing
from tui.outside import Line, Part, joined, part, said
from tui.panels import layer_chips, open_alerts
from tui.paper import spread, width_of
from tui.rows import Rows
from tui.screens.banner import Banner
from tui.steps import alert_after, alert_before
from tui.view import Question, View
from tui.work import start

SPEEDS = (1, 10, 60, 600)
_WINDOWS = (0, 24 * times.HOUR, times.HOUR, 10 * times.MINUTE)
"""Spans of the axis; 0: all that was recorded."""
_FRAME_S = 0.25
_TALL = 30


class Scene(Struct, frozen=True):
    """What is shown of a moment."""

    at_ns: int
    span: tuple[int, int]
    window: tuple[int, int]
    timeline: list[list[int]]
    listing: Listing
    layers: tuple[LayerState, ...]


class Axis(Drawn):
    """The recorded time: what happened when, where we are, how we move."""

    def draw(self, width: int) -> list[Line]:
        """Give the bars, the axis and how it plays."""
        view: Any = self.screen
        scene: Scene | None = view.scene
        if scene is None:
            return [(Part(said("tui.replay.nothing" if view.empty else "tui.loading"), "muted"),)]
        from_ns, to_ns = scene.window
        buckets = scene.timeline[:width]
        at_ns = view.at_ns or scene.at_ns
        cursor = place(at_ns, from_ns, to_ns, len(buckets))
        zone = self.console_app.zone
        height = 3 if self.screen.size.height >= _TALL else 1
        sign = said("tui.replay.playing" if view.playing else "tui.replay.paused", speed=SPEEDS[view.speed])
        span = said("tui.replay.window", span=times.lasting(to_ns - from_ns))
        left = (part(" "), Part(sign, "attention" if view.playing else "strong"), part("   "), Part(span, "muted"))
        how = (Part(joined(said("tui.replay.how"), " "), "muted"),)
        rows = [*bars(buckets, height, cursor), axis(buckets, from_ns, to_ns, zone, cursor)]
        return [*rows, spread(left, how if width_of((*left, *how)) < width else (), width)]


class Standing(Drawn):
    """The four layers and the open alerts at that moment."""

    def draw(self, width: int) -> list[Line]:
        """Give the lines."""
        view: Any = self.screen
        scene: Scene | None = view.scene
        if scene is None:
            return []
        return [*layer_chips(scene.layers, width), (part(" "), *open_alerts(scene.listing.counts, width - 1))]


class Replay(View[Scene | None]):
    """The screen of time travel."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("play", "space", "play", hint=True),
        Key("minute_back", "left,h", "move(-60)"),
        Key("minute_on", "right,l", "move(60)"),
        Key("hour_back", "shift+left,H", "move(-3600)"),
        Key("hour_on", "shift+right", "move(3600)"),
        Key("alert_back", "comma", "alert_back", hint=True),
        Key("alert_on", "full_stop", "alert_on", hint=True),
        Key("begin", "b", "begin"),
        Key("end", "e", "end"),
        Key("date", "d", "date", hint=True),
        Key("faster", "plus,equals_sign", "speed(1)"),
        Key("slower", "minus", "speed(-1)"),
        Key("zoom", "z", "zoom"),
        Key("live", "r", "live", hint=True),
        OPENING._replace(hint=False),
        *(key._replace(hint=False) for key in LISTING if key.name not in ("mark", "mark_all", "follow")),
        *(key._replace(hint=False) for key in PIVOTING if key.name != "travel"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.list = AlertList("", live=False)
        self.scene: Scene | None = None
        self.empty = False
        self.playing = False
        self.speed = 2
        self._moment: int | None = None
        self._window = 0
        self._frame = 0.0

    @property
    def at_ns(self) -> int | None:
        """The moment that is shown."""
        return self._moment

    def body(self) -> Iterable[Widget]:
        """Give the banner, the axis, how things stood, and the list."""
        yield Banner()
        yield Axis()
        yield Standing()
        yield self.list

    def on_mount(self) -> None:
        """Play when asked to."""
        self.set_interval(_FRAME_S, self._play)

    # -- asking

    def question(self) -> Question[Scene | None]:
        """Ask for the moment; at first, for the last that was recorded."""
        console = self.console_app
        moment, window_ns = self._moment, _WINDOWS[self._window]
        wish = self.list.wish()
        buckets = max(self.size.width, 1)
        now_ns = console.now_ns()

        def answer(store: Store) -> Scene | None:
            span = store.span()
            if span is None:
                return None
            at_ns = span[1] if moment is None else moment
            window = _window(span, at_ns, window_ns)
            return Scene(
                at_ns,
                span,
                window,
                store.timeline(*window, buckets),
                listing(store, structs.replace(wish, at_ns=at_ns)),
                layer_states(store, console.config, now_ns, at_ns),
            )

        return answer

    def show(self, answer: Scene | None) -> None:
        """Show the moment."""
        self.scene = answer
        self.empty = answer is None
        if answer is not None:
            if self._moment is None:
                self._moment = answer.at_ns
            self.list.show(answer.listing)
        self._redraw_time()
        self.redraw_part(Standing)
        self.hints()

    def _redraw_time(self) -> None:
        self.redraw_part(Banner)
        self.redraw_part(Axis)

    def alert(self) -> Alert | None:
        """Give the alert under the cursor."""
        return self.list.rows.value

    # -- moving

    def go(self, at_ns: int) -> None:
        """Show another moment; never before the first that was recorded, never after the last."""
        if self.scene is not None:
            first, last = self.scene.span
            at_ns = max(min(at_ns, last), first)
        self._moment = at_ns
        self._redraw_time()
        self.ask()

    def _play(self) -> None:
        now = time.monotonic()
        elapsed, self._frame = now - self._frame, now
        if self.playing and self.is_current and self._moment is not None and self.scene is not None:
            self.go(self._moment + int(min(elapsed, 2 * _FRAME_S) * SPEEDS[self.speed] * times.SECOND))
            if self._moment >= self.scene.span[1]:
                self.playing = False
                self._redraw_time()

    def action_play(self) -> None:
        """Play, or pause."""
        self.playing = not self.playing
        if self.playing and self.scene is not None and self._moment == self.scene.span[1]:
            self.go(self.scene.span[0])
        self._redraw_time()

    def action_move(self, seconds: int) -> None:
        """Go so many seconds on, or back."""
        if self._moment is not None:
            self.go(self._moment + seconds * times.SECOND)

    def action_begin(self) -> None:
        """Go to the first moment that was recorded."""
        if self.scene is not None:
            self.go(self.scene.span[0])

    def action_end(self) -> None:
        """Go to the last moment that was recorded."""
        if self.scene is not None:
            self.go(self.scene.span[1])

    def action_alert_back(self) -> None:
        """Go to the moment of the alert before."""
        start(self, self._step, alert_before, group="step", exclusive=True)

    def action_alert_on(self) -> None:
        """Go to the moment of the next alert."""
        start(self, self._step, alert_after, group="step", exclusive=True)

    async def _step(self, find: Any) -> None:
        moment = self._moment
        if moment is None:
            return
        try:
            found = await self.console_app.reader.ask(lambda store: find(store, moment), quick=True)
        except StoreError as error:
            self.console_app.store_failed(error)
            return
        if found is None:
            self.console_app.tell(said("tui.replay.no_more"))
        else:
            self.go(found)

    def action_date(self) -> None:
        """Ask for a time, and go there."""
        console = self.console_app

        def answered(text: str | None) -> None:
            at_ns = times.typed(text, self._moment or console.now_ns(), console.zone) if text else None
            if at_ns is not None:
                self.go(at_ns)
            elif text:
                console.tell(said("tui.replay.no_time", text=text), severity="warning")

        lines = [(Part(said("tui.replay.date"), "strong"),), (Part(said("tui.replay.forms"), "muted"),)]
        self.app.push_screen(Ask(lines), answered)

    def action_speed(self, step: int) -> None:
        """Play faster, or slower."""
        self.speed = max(min(self.speed + step, len(SPEEDS) - 1), 0)
        self._redraw_time()

    def action_zoom(self) -> None:
        """Show a shorter part of the recorded time around this moment; after the shortest, all of it."""
        self._window = (self._window + 1) % len(_WINDOWS)
        self.ask()

    def action_live(self) -> None:
        """Return to what is now."""
        self.playing = False
        self._moment = None
        self.scene = None
        self.app.switch_mode("alerts")

    # -- hearing

    @on(AlertList.Changed)
    def _changed(self) -> None:
        self.ask()

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        self.playing = False
        self.open_alert(event.key, event.rows)

    def on_resize(self) -> None:
        """Ask for as many buckets as fit now."""
        self.redraw()
        self.ask()


def _window(span: tuple[int, int], at_ns: int, window_ns: int) -> tuple[int, int]:
    """Give which part of the recorded time the axis shows: ``window_ns`` around a moment, 0 for all of it."""
    first, last = span[0], max(span[1], span[0] + 1)
    if not window_ns or window_ns >= last - first:
        return first, last
    start = max(min(at_ns - window_ns // 2, last - window_ns), first)
    return start, start + window_ns
