"""Receives: takes what comes at the doors, makes lines of it, and writes them to the spool, round by round."""

import os
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from collectors.listener.connection import Connection, RefusedError, State
from collectors.listener.datagrams import Datagrams
from collectors.listener.framing import Framed
from collectors.listener.held import Held
from collectors.listener.limits import Rate, Tally
from collectors.listener.messages import Told
from collectors.listener.sockets import door_name, plain_address
from collectors.listener.spool import Spool
from collectors.listener.tls import Certificates
from collectors.listener.writing import ROUND_BYTES, Entry, Writer
from soc_agent.config import ListenerSource, ListenOptions

_ACCEPTS = 64
_LOOK_S = 1.0
_RETRY_S = 0.5
_TOGETHER_S = 0.002
_REST_S = 1.0
_DRAIN_S = 1.0


class Door:
    """An open door."""

    def __init__(self, options: ListenOptions, opened: socket.socket, line_type: str) -> None:
        self.options, self.socket, self.type = options, opened, line_type
        self.name = door_name(options)
        self.certificates = Certificates(options, self.name) if options.transport == "tls" else None


class Receiver:
    """All doors of one source. Runs on one thread; another syncs the spool to disk meanwhile."""

    def __init__(
        self,
        source: ListenerSource,
        doors: list[Door],
        spool: Spool,
        held: Held,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._doors, self._spool, self._held, self._clock = source, doors, spool, held, clock
        self._selector = selectors.DefaultSelector()
        self._rate = Rate(source.sender_lines_s)
        self._tally = Tally()
        self._lost: Counter[str] = Counter()
        self._connections: dict[int, Connection] = {}
        self._per_sender: Counter[str] = Counter()
        self._more: set[Connection] = set()
        self._resting: set[Connection] = set()
        self._ending: list[tuple[int, Connection]] = []
        self._accept_again = self._next_look = 0.0
        self._wake_read, self._wake_write = os.pipe()
        self._writer = Writer(source, spool, self._wake_write)
        self._waiting = False
        """Whether senders over TCP are not read, because nothing can be written."""
        self._told_end = -1
        self.changed = True
        """Whether there is something to tell."""

    def start(self, control: int, commanded: Callable[[], None]) -> None:
        """Begin. ``commanded`` is called when the descriptor ``control`` can be read."""
        for fd in (self._wake_read, self._wake_write):
            os.set_blocking(fd, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, self._woken)
        self._selector.register(control, selectors.EVENT_READ, commanded)
        for door in self._doors:
            self._selector.register(door.socket, selectors.EVENT_READ, self._ready_of(door))
        self._writer.start()

    def step(self, timeout_s: float) -> None:
        """Do one round: take what there is, write it, and see to what is due."""
        now = self._clock()
        for key, _ in self._selector.select(0 if self._more else min(timeout_s, self._wait_s(now))):
            key.data()
            if self._writer.size >= ROUND_BYTES:
                break
        for connection in list(self._more):
            self._read(connection)
        now = self._clock()
        self._write(now)
        self.changed = self.changed or bool(self._lost) or self._spool.end != self._told_end
        self._close_ended()
        if self._resting:
            self._wake_rested(now)
        if now >= self._next_look:
            self._next_look = now + _LOOK_S
            self._look(now)

    def free(self, upto: int) -> None:
        """Hear that everything before this place of the spool is committed."""
        self._spool.free(upto)
        self.changed = True

    def told(self) -> Told:
        """Give what there is to tell, and begin counting anew."""
        lost = dict(self._lost)
        self._lost.clear()
        self.changed, self._told_end = False, self._spool.end
        wrong = [problem for door in self._doors if door.certificates for problem in door.certificates.problems()]
        problems = (*([self._writer.problem] if self._writer.problem else []), *wrong)
        return Told(self._spool.id, self._spool.begin, self._spool.end, lost, self._tally.take(), problems)

    def stop(self) -> None:
        """End: take what has come, write and sync it, and close in order. What could not be taken is cut off."""
        until = self._clock() + _DRAIN_S
        for door in self._doors:
            if door.options.transport != "udp":
                self._forget(door.socket)
                door.socket.close()
        while self._clock() < until and not self._writer.blocked:
            before = self._spool.end
            self.step(0)
            if self._spool.end == before and not self._more:
                break
        for connection in list(self._connections.values()):
            self._end(connection, connection.finish())
        self._write(self._clock())
        self._writer.stop()
        for end, connection in self._ending:
            if end < 0:
                connection.abort()
            else:
                connection.close()
        self._selector.close()

    # What comes

    def _ready_of(self, door: Door) -> Callable[[], None]:
        if door.options.transport != "udp":
            return lambda: self._accept(door)
        cap = self._source.message_cap_bytes
        datagrams = Datagrams(door.socket, door.type, cap, self._rate, self._tally, self._lost, self._held)
        return lambda: datagrams.take(self._writer.put, self._clock(), drop=self._writer.blocked)

    def _accept(self, door: Door) -> None:
        now = self._clock()
        for _ in range(_ACCEPTS):
            try:
                accepted, address = door.socket.accept()
            except BlockingIOError:
                return
            except OSError as error:  # no descriptors, no memory: those who wait are taken later
                self._tally.add("refused", "", 1, error.strerror or str(error))
                self._accept_again = now + _REST_S
                self._let_in(now)
                return
            self._welcome(door, accepted, address[0], now)

    def _let_in(self, now: float) -> None:
        """Watch the doors for connections, or leave those who knock to the kernel for a while."""
        closed = self._waiting or now < self._accept_again
        for door in self._doors:
            if door.options.transport != "udp" and door.socket.fileno() >= 0:
                self._forget(door.socket)
                if not closed:
                    self._selector.register(door.socket, selectors.EVENT_READ, self._ready_of(door))

    def _welcome(self, door: Door, accepted: socket.socket, address: str, now: float) -> None:
        ip = plain_address(address)
        if reason := self._too_many(ip):
            self._tally.add("refused", ip, 1, reason)
            accepted.close()
            return
        accepted.setblocking(False)
        try:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if door.certificates is not None:
                accepted = door.certificates.context.wrap_socket(
                    accepted, server_side=True, do_handshake_on_connect=False
                )
        except (OSError, ValueError):  # gone already
            accepted.close()
            return
        connection = Connection(accepted, address, door.options, door.type, self._source.message_cap_bytes, now)
        self._connections[accepted.fileno()] = connection
        self._per_sender[ip] += 1
        self._selector.register(accepted, selectors.EVENT_READ, lambda: self._ready(connection))

    def _too_many(self, ip: str) -> str:
        if len(self._connections) >= self._source.max_connections:
            return "max_connections"
        return "max_connections_per_sender" if self._per_sender[ip] >= self._source.max_connections_per_sender else ""

    def _ready(self, connection: Connection) -> None:
        if connection.handshaking:
            self._shake(connection)
        else:
            self._read(connection)

    def _shake(self, connection: Connection) -> None:
        try:
            state = connection.shake()
        except RefusedError as error:
            self._tally.add("handshake", connection.ip, 1, str(error))
            self._let_go(connection)
            connection.socket.close()
            return
        events = selectors.EVENT_WRITE if state is State.WRITE else selectors.EVENT_READ
        self._selector.modify(connection.socket, events, lambda: self._ready(connection))
        if not connection.handshaking:
            connection.heard = self._clock()
            self._more.add(connection)  # a message may have come with the last step

    def _read(self, connection: Connection) -> None:
        self._more.discard(connection)
        if self._waiting or connection in self._resting:
            return
        now = self._clock()
        framed, state = connection.read(now)
        if state is State.ENDED:
            self._end(connection, framed)
            return
        if framed.lines or framed.malformed:
            self._take(connection, framed)
            wait_s = self._rate.charge(connection.ip, framed.lines, now)
            if wait_s > _TOGETHER_S:
                connection.not_before = now + wait_s
                self._resting.add(connection)
                self._forget(connection.socket)
        if connection.has_more:
            self._more.add(connection)

    def _take(self, connection: Connection, framed: Framed) -> None:
        if framed.malformed:
            self._tally.add("malformed", connection.ip, framed.malformed)
            self.changed = True
        if framed.lines:
            entry = Entry(connection.head, framed.data, framed.lines, framed.truncated, time.time_ns())
            self._writer.put(entry)

    # What ends

    def _end(self, connection: Connection, framed: Framed) -> None:
        """Take what is left; close it when that is on disk: to the other end this says that all of it is kept."""
        self._take(connection, framed)
        self._let_go(connection)
        self._ending.append((-1, connection))

    def _let_go(self, connection: Connection) -> None:
        self._forget(connection.socket)
        self._connections.pop(connection.socket.fileno(), None)
        self._more.discard(connection)
        self._resting.discard(connection)
        self._per_sender[connection.ip] -= 1
        if self._per_sender[connection.ip] <= 0:
            del self._per_sender[connection.ip]

    def _forget(self, known: socket.socket) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(known)

    def _close_ended(self) -> None:
        if not self._ending:
            return
        synced = self._spool.synced
        for _, connection in (item for item in self._ending if 0 <= item[0] <= synced):
            connection.close()
        self._ending = [item for item in self._ending if not 0 <= item[0] <= synced]
        if self._ending:
            self._writer.hurry()

    def _end_revoked(self, door: ListenOptions, revoked: frozenset[int]) -> None:
        """End the connections whose certificates were taken back since they began. What came before counts."""
        for connection in [each for each in self._connections.values() if each.door is door]:
            if connection.serial in revoked:
                self._tally.add("revoked", connection.ip)
                self._end(connection, connection.finish())

    # What is written

    def _write(self, now: float) -> None:
        """Write what came in this round; senders over TCP wait while that is not possible."""
        problem = self._writer.problem
        if self._writer.write(now):
            self._held.keep()
            self._ending = [(self._spool.end if end < 0 else end, connection) for end, connection in self._ending]
        if self._writer.problem != problem:
            self.changed = True
        if self._writer.holds_up == self._waiting:
            return
        self._waiting = self._writer.holds_up
        self._let_in(now)
        for connection in self._connections.values():
            if self._waiting:
                self._forget(connection.socket)
            elif connection not in self._resting:
                self._listen_to(connection)

    def _listen_to(self, connection: Connection) -> None:
        # a handshake says by itself what it waits for
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if connection.handshaking else 0)
        self._selector.register(connection.socket, events, lambda: self._ready(connection))
        if connection.has_more:
            self._more.add(connection)

    def _woken(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._wake_read, 4096)

    # What is due

    def _wait_s(self, now: float) -> float:
        """Give for how long nothing is due."""
        waits = [self._next_look - now]
        if self._waiting:
            waits.append(_RETRY_S)
        if self._resting:
            waits.append(min(connection.not_before for connection in self._resting) - now)
        return max(0.0, min(waits))

    def _wake_rested(self, now: float) -> None:
        for connection in [connection for connection in self._resting if connection.not_before <= now]:
            self._resting.discard(connection)
            if not self._waiting:
                self._listen_to(connection)

    def _look(self, now: float) -> None:
        """Take changed certificates; close what was open for too long."""
        for door in self._doors:
            if door.certificates is not None and door.certificates.look():
                self.changed = True
                self._end_revoked(door.options, door.certificates.revoked)
        if self._waiting:
            return
        if self._accept_again and now >= self._accept_again:
            self._accept_again = 0.0
            self._let_in(now)
        source = self._source
        for connection in list(self._connections.values()):
            if connection.handshaking:
                if now - connection.since > source.handshake_s:
                    self._tally.add("unfinished", connection.ip)
                    self._let_go(connection)
                    connection.socket.close()
            elif (connection.begun is not None and now - connection.begun > source.unfinished_s) or (
                now - connection.heard > source.idle_s
            ):
                self._tally.add("unfinished", connection.ip)
                self._end(connection, connection.finish())
        self.changed = True
