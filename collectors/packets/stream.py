"""One direction of a TCP flow put in order, as far as a first message needs it. Bounded in bytes and in pieces."""

STREAM_CAP_BYTES = 16_384
_MAX_PIECES = 16
_FREE_READINGS = 16
_HALF, _WRAP = 1 << 31, 1 << 32


def is_behind(sequence: int, than: int) -> bool:
    """Say whether a sequence number comes before another (RFC 9293 section 3.4: modulo 2^32)."""
    return (sequence - than) % _WRAP >= _HALF


class Stream:
    """Collects segments from the sequence number ``base`` on. Overlaps keep what came first, as most receivers do."""

    __slots__ = ("_base", "_later", "_readings", "_size_read", "data")

    def __init__(self, base: int) -> None:
        self._base = base
        self.data = bytearray()
        """The bytes from ``base`` on without a gap, at most :data:`STREAM_CAP_BYTES`."""
        self._later: dict[int, bytes] = {}
        self._readings = self._size_read = 0

    def is_worth_reading(self) -> bool:
        """Say whether there is enough new to read the message from its beginning again; call once for each reading.

        A message in many small pieces would else be read as often as it has bytes: after a few times it has to have
        grown by an eighth.
        """
        grown = len(self.data) - self._size_read
        if self._readings >= _FREE_READINGS and grown * 8 < self._size_read:
            return False
        self._readings += 1
        self._size_read = len(self.data)
        return True

    @property
    def end(self) -> int:
        """Sequence number of the byte after :attr:`data`."""
        return (self._base + len(self.data)) % _WRAP

    @property
    def held(self) -> int:
        """Bytes held, those behind a gap too."""
        return len(self.data) + sum(map(len, self._later.values()))

    @property
    def is_full(self) -> bool:
        """Whether no more will be taken."""
        return len(self.data) >= STREAM_CAP_BYTES or len(self._later) >= _MAX_PIECES

    def add(self, sequence: int, payload: bytes) -> None:
        """Take a segment, in whatever order it comes."""
        place = (sequence - self._base) % _WRAP
        if place >= _HALF:
            payload = payload[_WRAP - place :]
            place = 0
        if not payload or place >= STREAM_CAP_BYTES:
            return
        if place > len(self.data):
            if place not in self._later and len(self._later) < _MAX_PIECES:
                self._later[place] = payload[: STREAM_CAP_BYTES - place]
            return
        self._append(place, payload)
        while self._later:
            first = min(self._later)
            if first > len(self.data):
                break
            self._append(first, self._later.pop(first))

    def _append(self, place: int, payload: bytes) -> None:
        room = STREAM_CAP_BYTES - len(self.data)
        self.data += payload[len(self.data) - place :][:room]
