"""How each source proves that it works: its kind, how far behind it is, its last canary, how often it broke."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from soc_agent.config import Config
from soc_agent.layers import configured
from soc_agent.store import CanaryResult, SourceLedger
from soc_agent.text import SafeText
from tui import times
from tui.look import Role
from tui.outside import Line, Part, cells, fit, joined, part, safe, said
from tui.paper import cut, wrapped

_GAP = "  "
_NAME_MIN = 12
_BEHIND_BYTES = 4 * 1024 * 1024
"""So much is on its way at any time: it is no lag that matters."""
_BEHIND_S = 60.0


class Proof(Struct, frozen=True):
    """What there is to say of one source."""

    ledger: SourceLedger
    kind: str
    canary: CanaryResult | None = None


def kinds(config: Config) -> dict[str, str]:
    """Give the kind of each configured source, as ``kind`` in the configuration has it."""
    return {source.name: str(source.__struct_config__.tag) for source in config.sources}


def own_last(ledgers: Sequence[SourceLedger], config: Config) -> list[SourceLedger]:
    """Give ledgers in the order of the configuration, then those of the agent's own sources and of former ones."""
    order = {name: number for number, name in enumerate(kinds(config))}
    return sorted(ledgers, key=lambda ledger: (order.get(ledger.source, len(order)), ledger.source))


def proof_lines(
    ledgers: Sequence[SourceLedger], canaries: Mapping[str, CanaryResult], config: Config, now_ns: int, width: int
) -> list[Line]:
    """Draw a row for each configured source, and below one that failed what to do."""
    found = [Proof(ledger, kind, canaries.get(ledger.source)) for ledger, kind in _each(ledgers, config)]
    if not found:
        return []
    head = [said(f"proofs.{name}") for name in ("source", "kind", "lag", "broke", "canary")]
    names = [safe(proof.ledger.source) for proof in found]
    words = [safe(proof.kind) for proof in found]
    lags = [_lag(proof.ledger) for proof in found]
    broke = [_broke(proof.ledger) for proof in found]
    sizes = [
        max(map(cells, texts))
        for texts in ((head[1], *words), (head[2], *(t for t, _ in lags)), (head[3], *(t for t, _ in broke)))
    ]
    least = max(map(cells, (head[0], *names)))
    name = min(least, max(width - sum(sizes) - len(_GAP) * 4 - _CANARY_WANTED, _NAME_MIN))
    rows: list[Line] = [
        cut(
            (part(_GAP.join([fit(head[0], name), *map(fit, head[1:4], sizes), head[4]]), "muted"),),
            width,
        )
    ]
    for proof, word, lag, breaks in zip(found, words, lags, broke, strict=True):
        parts = [part(fit(safe(proof.ledger.source), name), "strong"), part(_GAP), part(fit(word, sizes[0]), "muted")]
        for (text, role), size in zip((lag, breaks), sizes[1:], strict=True):
            parts += [part(_GAP), part(fit(text, size), role)]
        rows.append(cut((*parts, part(_GAP), *_canary(proof.canary, now_ns)), width))
        if proof.canary is not None and proof.canary.broken_stage:
            rows += wrapped((part("  → ", "key"), Part(_advice(proof.canary))), width, indent=4)
    return rows


_CANARY_WANTED = 26


def _each(ledgers: Sequence[SourceLedger], config: Config) -> list[tuple[SourceLedger, str]]:
    return list(zip(configured(ledgers, config), kinds(config).values(), strict=True))


def _lag(ledger: SourceLedger) -> tuple[SafeText, Role]:
    if not ledger.lag_bytes and ledger.lag_s < 1:
        return safe("0"), "faint"
    text = times.size(ledger.lag_bytes) if ledger.lag_bytes else safe("")
    if ledger.lag_s >= 1:
        text = joined(text, " " if text else "", times.lasting(round(ledger.lag_s) * times.SECOND))
    return text, "attention" if ledger.lag_bytes > _BEHIND_BYTES or ledger.lag_s > _BEHIND_S else ""


def _broke(ledger: SourceLedger) -> tuple[SafeText, Role]:
    return times.number(ledger.failures), "attention" if ledger.failures else "faint"


def _canary(result: CanaryResult | None, now_ns: int) -> tuple[Part, ...]:
    """Say how far the last canary came, and when; or why there is none."""
    if result is None:
        return (Part(said("proofs.none_yet"), "muted"),)
    if not result.is_possible:
        return (part("– ", "muted"), part(safe(result.problem, 300), "muted"))
    ago = times.lasting(now_ns - result.sent_ns)
    stage = result.broken_stage
    if not stage:
        return (Part(said("proofs.came", ago=ago), "ok"),)
    return (Part(said("proofs.lost", stage=said(f"canary.stage_{stage}"), ago=ago), "high"),)


def _advice(result: CanaryResult) -> SafeText:
    advice = said(f"proofs.advice.{result.broken_stage}")
    return joined(safe(result.problem, 300), " " if result.problem else "", advice)
