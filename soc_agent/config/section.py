"""What every section of the file has in common, and the kinds of values that many options have."""

from typing import Annotated

from msgspec import Meta, Struct

Name = Annotated[str, Meta(pattern=r"^[\w.-]{1,64}$")]
Seconds = Annotated[int, Meta(ge=1)]
Bytes = Annotated[int, Meta(ge=1)]


class Section(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A section of the file: unknown keys are errors."""
