"""A stream being read: its next block, and what is in the way of one; its end, when its file has left."""

import logging
import os
from collections.abc import Callable

from collectors.file_tail.blocks import Blocks
from collectors.file_tail.files import ElsewhereError, OpenFiles
from collectors.file_tail.form import Form
from collectors.file_tail.openings import next_wait
from collectors.file_tail.register import Register
from collectors.file_tail.stream import ReplacedError, Stream
from collectors.file_tail.turns import GATHER_S, Turns
from collectors.reports import Reports
from soc_agent.config import FileSource
from soc_agent.model import Block, Problem
from soc_agent.text import make_safe

_log = logging.getLogger(__name__)
_DELETED_S = 60.0
"""Longest time that a deleted file is held for a writer that goes on writing to it."""


class Reading:
    """Reads streams, and lets go of them. ``look_soon`` is called when one is not where it was."""

    def __init__(
        self,
        options: FileSource,
        register: Register,
        files: OpenFiles,
        turns: Turns,
        blocks: Blocks,
        form: Form,
        reports: Reports,
        look_soon: Callable[[], None],
    ) -> None:
        self._options, self._form = options, form
        self._register, self._files, self._turns = register, files, turns
        self._blocks, self._reports, self._look_soon = blocks, reports, look_soon

    def read(self, stream: Stream, now: float, *, flush: bool = False, final: bool = False) -> Block | None:
        """Give the next block of a stream, or see to what is in the way of it; give it another turn if it needs one."""
        block = self._try_read(stream, now, flush=flush, final=final)
        if stream.pending:
            self._turns.ready(stream)
        return block

    def _try_read(self, stream: Stream, now: float, *, flush: bool, final: bool) -> Block | None:
        try:
            self._files.use(stream)
            before = stream.state()
            if stream.stirs():
                self._register.stirred(before, now)
                if stream.must_wait or stream.finished:
                    return None
                self._files.use(stream)
            cut = stream.read(now, flush=flush, final=final)
            block = self._blocks.of_lines(stream, cut) if cut else None
            if block is None and stream.unrecorded:
                block = self._blocks.of_position(stream)
            stream.unrecorded = False
        except ReplacedError:
            self._register.replaced(stream, now)
            return None
        except ElsewhereError:
            self._register.lost_sight(stream, now)
            if stream.leaving_since is None:
                self._look_soon()
            self._await_end(stream, now)
            return None
        except OSError as error:
            self._put_off(stream, error, now)
            return None
        if stream.retry_s:
            stream.retry_s = 0.0
            self._reports.clear(f"read {stream.id}")
        if not stream.pending:
            stream.not_before = now + GATHER_S
            self._await_end(stream, now)
        return block

    def settle(self, stream: Stream, now: float) -> Block | None:
        """Take a line left open, or let go of a file that has left, if the time for it has come."""
        if stream.must_wait or stream.not_before > now:
            self._turns.look_again(stream, max(now + GATHER_S, stream.not_before))
            return None
        block = self.read(stream, now)
        if stream.pending or stream.finished:
            self._turns.look_again(stream, now + GATHER_S)
            return block
        if stream.leaving_since is not None:
            return self._let_go(stream, block, stream.leaving_since, now)
        if block is None and stream.has_open_line and now - stream.grown_at >= self._patience_s(stream):
            block = self.read(stream, now, flush=True, final=not stream.group_waits)
        return block

    def _let_go(self, stream: Stream, block: Block | None, since: float, now: float) -> Block | None:
        """Close a file that has left, once nothing came for long enough; ``block`` is what came just now."""
        quiet = block is None and now - max(stream.grown_at, since) >= self._options.rotate_wait_s
        deleted = stream.fd >= 0 and os.fstat(stream.fd).st_nlink == 0
        overdue = deleted and now - since >= max(_DELETED_S, self._options.rotate_wait_s)
        if quiet and stream.has_open_line:
            return self.read(stream, now, final=True)
        if quiet or overdue:
            self._register.finish(stream, deleted=deleted)
        return block

    def _await_end(self, stream: Stream, now: float) -> None:
        """See to it that a line left open is taken in time, and a file that has left is closed."""
        if stream.leaving_since is not None:
            quiet_since = max(stream.grown_at, stream.leaving_since)
            self._turns.look_again(stream, max(now + GATHER_S, quiet_since + self._options.rotate_wait_s))
        elif stream.has_open_line:
            self._turns.look_again(stream, max(now + GATHER_S, stream.grown_at + self._patience_s(stream)))

    def _patience_s(self, stream: Stream) -> float:
        """Give how long to wait for more of an open line, or of an event that may go on."""
        return self._form.wait_s if stream.group_waits else float(self._options.partial_wait_s)

    def _put_off(self, stream: Stream, error: OSError, now: float) -> None:
        self._files.close(stream)
        stream.retry_s = next_wait(stream.retry_s)
        stream.not_before = now + stream.retry_s
        reason = error.strerror or str(error)
        problem = Problem("tail.unreadable", values={"path": make_safe(stream.path), "reason": reason})
        if self._reports.report(f"read {stream.id}", problem):
            _log.warning("%s cannot be read (%s); trying again from time to time", make_safe(stream.path), reason)
