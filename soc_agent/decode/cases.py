"""What fields mean together: a denied connection, a refused login, said alike for all devices that write them apart."""

from collections.abc import Callable, Mapping
from typing import Any

from soc_agent.decode.definition import CaseDefinition, texts
from soc_agent.decode.pattern import Pattern


class Case:
    """One case of a decoder. Making it raises :class:`PatternError` when RE2 does not take its pattern."""

    def __init__(self, definition: CaseDefinition, converter: Callable[[str], Callable[[str], Any] | None]) -> None:
        self._when = tuple(_Test(field, texts(values)) for field, values in definition.when.items())
        self._field = definition.field
        self._pattern = Pattern(definition.match) if definition.match else None
        names = self._pattern.names if self._pattern else ()
        self._makers = tuple((name, converter(name)) for name in names)
        self._constants = definition.constants
        self.log_sources = tuple(source.as_model() for source in definition.log_sources)
        self.fields = frozenset({*definition.constants, *names})
        """Every field that it gives."""

    def add_to(self, fields: dict[str, Any]) -> bool:
        """Add to the fields of an event what the case says; False where it does not hold."""
        for test in self._when:
            if not test.holds(fields):
                return False
        if self._pattern is not None:
            value = fields.get(self._field)
            if isinstance(value, list) and value:
                value = value[0]
            found = self._pattern.named(value) if isinstance(value, str) else None
            if found is None:
                return False
            for (name, convert), part in zip(self._makers, found, strict=True):
                made = part if part is None or convert is None else convert(part)
                if made is not None:
                    fields[name] = made
        fields.update(self._constants)
        return True


class _Test:
    __slots__ = ("_begins", "_field", "_values")

    def __init__(self, field: str, values: tuple[str, ...]) -> None:
        self._field = field
        folded = [value.lower() for value in values]
        self._values = frozenset(value for value in folded if not value.endswith("*"))
        self._begins = tuple(value[:-1] for value in folded if value.endswith("*"))

    def holds(self, fields: Mapping[str, Any]) -> bool:
        value = fields.get(self._field)
        if value is None:
            return False
        text = (value if value.__class__ is str else str(value)).lower()
        return text in self._values or (self._begins != () and text.startswith(self._begins))
