"""Required literals: what a raw line must hold, or no rule can match its event.

Of a rule comes a list of clauses; a clause is a set of literals, and a line must hold one of each set. Few and long
literals make a good clause. What may not stand in the line as it stands in the event gives no clause: the prefilter may
let a line through for nothing, and must never lose one.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from soc_agent.detect import ir
from soc_agent.detect.prefilter.regex_literals import needs_of
from soc_agent.detect.prefilter.spelling import Alternatives, Spelling

CLAUSES = 3
"""So many clauses of a rule are looked for; more would hardly make it less likely that a line passes for nothing."""
_CLAUSES_KEPT = 12
HIT_US, CANDIDATE_US = 0.6, 20.0
"""About what a hit, and a line that is decoded, cost in microseconds."""
_COMMON = 1 / 50
"""A second clause that more lines than this fulfil is not worth its hits."""
_LETTERS_COUNTED = 12
_USUAL = 1 / 16
_ODD = 1 / 300
_ODD_BYTES = frozenset(b"<>{}$`|^~;!*'@#\\")
_WORDS = frozenset(
    b"a accept accepted act action address admin allow and as at auth by client close closed command connect"
    b" connected connection daemon data deny error event exec failed file for from get gid group host http"
    b" id in info invalid ip is kernel key log login mail message method mode move name new no not of on"
    b" open opened out pam password path port post process proto public query remote remove request response"
    b" root security select sent server service session set src start started state status stop success"
    b" system tcp time to type udp uid unknown update url user version warning web with".split()
)
"""Words of which logs are full, whatever they log."""
_WORD = 0.25
_WORST = 30 / 16**2
"""A literal likelier than this (a single letter) would be found in every line."""
_MOST = 4_096
"""A clause with more literals than this costs more than it saves."""

Clauses = list[Alternatives]


def clauses_of(rule: ir.Rule, spelling: Spelling, of_source: Iterable[bytes] | None = None) -> tuple[Alternatives, ...]:
    """Give the clauses of a rule for lines of one type, the best first; none: any line.

    ``of_source`` holds literals of which every line of the rule's log sources has one, where that is known.
    """
    selections: dict[str, Clauses] = {}
    for name, selection in rule.selections.items():
        selections[name] = _node(selection, selections, spelling)
    clauses = _node(rule.condition, selections, spelling)
    if of_source is not None:
        clauses = [*clauses, frozenset(of_source)]
    good = {frozenset(map(bytes.lower, clause)): None for clause in clauses if _is_good(clause)}
    return tuple(sorted(good, key=chance)[:_CLAUSES_KEPT])


def choose(clauses: Sequence[Alternatives], frequency: Mapping[bytes, float]) -> tuple[Alternatives, ...]:
    """Give the clauses that are worth looking for, at most :data:`CLAUSES`: the rarest, and more that are rare too.

    ``frequency`` holds, for literals that were looked for already, the part of the lines that had them.
    """
    if not clauses:
        return ()
    rated = sorted([(likely(clause, frequency), place) for place, clause in enumerate(clauses)])
    return tuple(
        clauses[place] for rate, place in (rated[0], *(rest for rest in rated[1:CLAUSES] if rest[0] <= _COMMON))
    )


def likely(clause: Alternatives, frequency: Mapping[bytes, float]) -> float:
    """Give what part of the lines holds a literal of the clause, as far as that is known, and a guess where not."""
    return sum([frequency[literal] if literal in frequency else _chance(literal) for literal in clause])


def cost_us(chosen: Iterable[Sequence[Alternatives]], frequency: Mapping[bytes, float]) -> float:
    """Give about what a line costs that is looked over for these clauses: its hits, and its decoding, if that comes."""
    literals: set[bytes] = set()
    passed_over = 1.0  # the part of the lines that no rule wants, as if each wanted its own by chance
    for clauses in dict.fromkeys(map(tuple, chosen)):  # what several rules look for is found once
        share = 1.0 if clauses else 0.0
        for clause in clauses:
            literals |= clause
            share *= min(likely(clause, frequency), 1.0)
        passed_over *= 1.0 - share
    return likely(frozenset(literals), frequency) * HIT_US + (1.0 - passed_over) * CANDIDATE_US


def chance(clause: AbstractSet[bytes]) -> float:
    """Give a guess at how likely it is that a line holds one of these: the longer, and the odder, the rarer."""
    return sum(map(_chance, clause))


@lru_cache(maxsize=100_000)
def _chance(literal: bytes) -> float:
    guess = _chance_of_letters(literal)
    return max(guess, _WORD) if literal.strip(b" :=/()[]_-").lower() in _WORDS else guess


def _chance_of_letters(literal: bytes) -> float:
    guess = 30.0  # places in a line where it might begin
    for byte in literal[:_LETTERS_COUNTED]:
        guess *= _ODD if byte in _ODD_BYTES else _USUAL
    return guess


def forget_chances() -> None:
    """Give back the memory of what was guessed while clauses were compared."""
    _chance.cache_clear()


def _is_good(clause: AbstractSet[bytes]) -> bool:
    return 0 < len(clause) <= _MOST and min(map(len, clause)) > 0 and max(map(_chance_of_letters, clause)) <= _WORST


def _node(node: ir.Node, selections: Mapping[str, Clauses], spelling: Spelling) -> Clauses:
    if isinstance(node, ir.Item):
        return _item(node, spelling)
    if isinstance(node, ir.Ref):
        return selections[node.name]
    if isinstance(node, ir.Not):
        return []
    parts = [_node(child, selections, spelling) for child in node.nodes]
    return _all(parts) if isinstance(node, ir.And) else _one(parts)


def _item(item: ir.Item, spelling: Spelling) -> Clauses:
    parts = [_test(test, item.field, spelling) for test in item.tests]
    return _all(parts) if item.all else _one(parts)


def _all(parts: Sequence[Clauses]) -> Clauses:
    return [clause for part in parts for clause in part]


def _one(parts: Sequence[Clauses]) -> Clauses:
    """Give what one of several parts needs: the best clause of each, together; nothing when a part needs nothing."""
    best: set[bytes] = set()
    for part in parts:
        good = [clause for clause in part if _is_good(clause)]
        if not good:
            return []
        best |= min(good, key=chance)
    if len(parts) == 1:
        return parts[0]
    return [frozenset(best)]


def _test(test: ir.Test, field: str, spelling: Spelling) -> Clauses:
    if isinstance(test, ir.AnyOf):
        return _one([_test(inner, field, spelling) for inner in test.tests])
    if isinstance(test, ir.Text):
        whole = len(test.parts) == 1 and field != ""
        spell = spelling.of_value if whole else spelling.of_field
        texts = [part for part in test.parts if isinstance(part, str)]
        return _all([spell(field, text) if field else spelling.of_keyword(text) for text in texts])
    if isinstance(test, ir.Regex):
        return _regex(test, field, spelling)
    return []


def _regex(test: ir.Regex, field: str, spelling: Spelling) -> Clauses:
    needs = needs_of(test.pattern, test.flags)
    clauses: Clauses = []
    for texts in needs.clauses:
        found = _one([spelling.of_field(field, text) if field else spelling.of_keyword(text) for text in texts])
        extra = spelling.of_wide_folds(texts) if needs.ignores_case else frozenset()
        clauses.extend(clause | extra for clause in found)
    return clauses
