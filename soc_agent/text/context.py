"""The context of an alert in words: what was known of its host and addresses when it was new."""

from collections.abc import Mapping, Sequence
from typing import Any

from soc_agent.text.catalog import say

KINDS = ("host", "src_ip", "dst_ip")


def context_rows(context: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Give one row for the host and each address: a label, and what is known. The words are not safe yet."""
    return [
        (say(f"enrich.context.{kind}"), _words(one))
        for kind in KINDS
        for one in _several(context.get(kind))
        if isinstance(one, Mapping)
    ]


def _several(told: Any) -> Sequence[Any]:
    return told if isinstance(told, (list, tuple)) else (told,)


def _words(told: Mapping[str, Any]) -> list[str]:
    name = str(told.get("name") or told.get("address") or "")
    words = [name]
    if "internal" in told:
        words.append(say(f"enrich.context.{'internal' if told['internal'] else 'external'}"))
    if told.get("network"):
        words.append(say("enrich.context.network", name=told["network"]))
    if told.get("asset") and str(told["asset"]).casefold() != name.casefold():
        words.append(say("enrich.context.asset", name=told["asset"]))
    if told.get("system"):
        words.append(say("enrich.context.system", name=told["system"]))
        words.append(say("enrich.context.system_level", level=told.get("system_level", "?")))
    if told.get("owner"):
        words.append(say("enrich.context.owner", name=told["owner"]))
    if told.get("country"):
        words.append(str(told["country"]))
    if told.get("asn"):
        words.append(say("enrich.context.autonomous_system", number=told["asn"], name=told.get("as_org", "")).strip())
    return words
