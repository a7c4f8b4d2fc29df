"""On which line of a JSON document something stands."""

from collections.abc import Callable


class Places:
    """Finds texts in a document. What stands there is looked for only when somebody is told of it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def first(self) -> int:
        """Give the first line."""
        return 1

    def of(self, text: str) -> Callable[[], int]:
        """Give what finds the line of a text; that of the first, where it stands more than once."""

        def line() -> int:
            place = self._data.find(text.encode("utf-8", "replace")) if text else -1
            return self._data.count(b"\n", 0, place) + 1 if place >= 0 else 1

        return line
