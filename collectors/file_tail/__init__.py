"""Log files that grow and rotate.

``tail`` is the collector, ``register`` knows which streams there are, ``stream`` reads one, ``identity`` says which
file is which, ``past`` and ``rotation`` what became of files that were renamed, copied or truncated.
"""

from collectors.file_tail.tail import FileTail

__all__ = ["FileTail"]
