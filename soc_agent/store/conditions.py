"""A filter as SQL conditions. Values travel as parameters; the text of the SQL holds none of them."""

from collections.abc import Callable

from soc_agent.model import Status
from soc_agent.store.codec import MAX_INT, bounded, label, tag_label
from soc_agent.store.filter import AlertFilter, Operator, Term
from soc_agent.store.projection import View
from soc_agent.text import fold

_OPEN = tuple(status.value for status in Status if status.is_open)
_LAST_CHARACTER = "\U0010ffff"


class _Values:
    """The named parameters, as they are given out."""

    def __init__(self, given: dict[str, str | int | bytes]) -> None:
        self.given = given

    def add(self, value: str | int | bytes) -> str:
        """Give the placeholder of a value."""
        name = f"v{len(self.given)}"
        self.given[name] = value
        return f":{name}"

    def any_of(self, column: str, values: tuple[str | int, ...]) -> str:
        return f"{column} IN ({', '.join(self.add(value) for value in values)})"


def conditions(wanted: AlertFilter | None, seen: View) -> tuple[str, dict[str, str | int | bytes]]:
    """Give what stands after WHERE, and the values of its parameters; those of the view are among them."""
    values = _Values(dict(seen.values))
    parts = [seen.where]
    terms = wanted.terms if wanted else ()
    # reading an alert's whole text is dearest: only where all else holds
    for term in sorted(terms, key=lambda term: term.key == ""):
        part = _WRITERS.get(term.key, _entity)(term, seen, values)
        parts.append(f"NOT ({part})" if term.negated else f"({part})")
    return " AND ".join(parts), values.given


def _number(column: str) -> "Callable[[Term, View, _Values], str]":
    def write(term: Term, seen: View, values: _Values) -> str:
        name = seen.count_ if column == "count" else column
        if term.operator is Operator.IS:
            return values.any_of(name, term.values)
        return f"{name} {term.operator.value} {values.add(term.values[0])}"

    return write


def _status(term: Term, seen: View, values: _Values) -> str:
    if set(term.values) == set(_OPEN):
        # as a constant, word for word as in the partial indexes, so that SQLite can use them
        return f"{seen.status} IN ('new', 'acknowledged')"
    return values.any_of(seen.status, term.values)


def _tier(term: Term, _: View, values: _Values) -> str:
    return values.any_of("a.tier", term.values)


def _owner(term: Term, seen: View, values: _Values) -> str:
    return " OR ".join(_text(f"fold({seen.owner})", str(owner), values) for owner in term.values)


def _source(term: Term, _: View, values: _Values) -> str:
    return " OR ".join(_text("fold(a.source)", str(source), values) for source in term.values)


def _text(column: str, wanted: str, values: _Values) -> str:
    """Compare a folded column with text that may hold ``*``."""
    folded = label(wanted)
    if "*" not in folded:
        return f"{column} = {values.add(folded)}"
    if folded.endswith("*") and folded.count("*") == 1:
        prefix = folded[:-1]
        return f"{column} >= {values.add(prefix)} AND {column} < {values.add(prefix + _LAST_CHARACTER)}"
    return f"{column} LIKE {values.add(_like(folded))} ESCAPE '\\'"


def _like(pattern: str) -> str:
    return pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")


def _rule(term: Term, _: View, values: _Values) -> str:
    parts = []
    for word in term.values:
        same = values.add(str(word))
        like = values.add(f"%{_like(fold(str(word)))}%")
        named = f"SELECT id FROM rules WHERE folded LIKE {like} ESCAPE '\\'"  # noqa: S608 - names of parameters
        parts.append(f"a.rule_id = {same} OR a.rule_id IN ({named})")
    return " OR ".join(parts)


def _labelled(kinds: tuple[str, ...], wanted: str, values: _Values) -> str:
    """Find alerts by the value of an entity: the same, a pattern with ``*``, or a network."""
    if "/" in wanted and ("ip" in kinds[0]):
        match = f"in_network(value, {values.add(wanted)})"
    else:
        match = _text("value", wanted, values)
    kind = values.any_of("kind", kinds)
    return f"a.id IN (SELECT alert_id FROM entities WHERE {kind} AND ({match}))"  # noqa: S608 - names of parameters


def _entity(term: Term, _: View, values: _Values) -> str:
    kinds = ("src_ip", "dst_ip") if term.key == "ip" else (term.key,)
    return " OR ".join(_labelled(kinds, str(wanted), values) for wanted in term.values)


def _tag(term: Term, _: View, values: _Values) -> str:
    parts = []
    for word in term.values:
        wanted = tag_label(str(word))
        parts.append(_labelled(("tag",), wanted, values))
        if "*" not in wanted:
            # a technique stands for its sub-techniques: t1110 for t1110.001
            parts.append(_labelled(("tag",), f"{wanted}.*", values))
    return " OR ".join(parts)


def _id(term: Term, _: View, values: _Values) -> str:
    """Compare with row ids and with first digits of uids."""
    parts = ["0"]
    for word in map(str, term.values):
        if word.isascii() and word.isdecimal() and int(word) <= MAX_INT:
            parts.append(f"a.id = {values.add(int(word))}")
        try:
            low, high = bytes.fromhex(word.ljust(32, "0")), bytes.fromhex(word.ljust(32, "f"))
        except ValueError:
            continue
        if len(word) >= 4:
            parts.append(f"a.uid BETWEEN {values.add(low)} AND {values.add(high)}")
    return " OR ".join(parts)


def _since(term: Term, seen: View, values: _Values) -> str:
    return f"{seen.last_ns} >= {values.add(_moment(term, seen))}"


def _until(term: Term, seen: View, values: _Values) -> str:
    return f"a.first_ns <= {values.add(_moment(term, seen))}"


def _moment(term: Term, seen: View) -> int:
    given_ns = int(term.values[0])
    return bounded(seen.moment_ns - given_ns if term.ago else given_ns)


def _word(term: Term, _: View, values: _Values) -> str:
    wanted = values.add(fold(str(term.values[0])))
    found = f"instr(c.folded, {wanted}) > 0"
    return f"EXISTS (SELECT 1 FROM contents c WHERE c.alert_id = a.id AND {found})"  # noqa: S608 - names of parameters


_WRITERS: dict[str, "Callable[[Term, View, _Values], str]"] = {
    "": _word,
    "level": _number("a.level"),
    "layer": _number("a.layer"),
    "count": _number("count"),
    "system_level": _number("a.system_level"),
    "status": _status,
    "tier": _tier,
    "owner": _owner,
    "source": _source,
    "rule": _rule,
    "tag": _tag,
    "id": _id,
    "since": _since,
    "until": _until,
}
"""Terms that are no entities."""
