"""What CPython reads a regular expression with: the names of its tree, and its parser.

Both are modules without public names, so that type checkers know nothing of them. They are loaded here by their names,
the one place to look at when another version of Python moves them.
"""

from importlib import import_module
from typing import Any

constants: Any = import_module("re._constants")
parser: Any = import_module("re._parser")
