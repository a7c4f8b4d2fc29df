"""Log files that grow and rotate.

The way of a line: ``looks`` says when files are looked at, ``register`` what a look means for the streams of the
``roster``, ``succession`` where a log goes on after a rotation. ``turns`` says which ``stream`` is next, ``reading``
reads it, ``form`` cuts whole events from its bytes, ``blocks`` gives them a position. ``tail`` puts all together.

Beside that way: ``identity`` says which file is which; ``past``, ``rotation`` and ``openings`` what is known of files
that are not read now; ``backlog`` and ``packed`` read those that were compressed; ``files`` holds descriptors.
"""

from collectors.file_tail.tail import FileTail

__all__ = ["FileTail"]
