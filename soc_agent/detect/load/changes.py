"""What became of the rules when they were loaded again."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import astuple

from soc_agent.detect.correlate.state import fingerprint
from soc_agent.detect.indicators.filters import filtered_ids
from soc_agent.detect.ruleset import RuleSet


class RuleChanges(Struct, frozen=True):
    """What a reload changed, by ids of rules and correlations."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Those that say something else now, also because a filter over them came, went or changed."""
    restarted: tuple[str, ...] = ()
    """Correlations of which windows begin anew, because they mean something else now."""
    kept: tuple[str, ...] = ()
    """Files that are wrong, and of which the version before runs."""

    @property
    def any(self) -> bool:
        """Whether other rules run than before."""
        return bool(self.added or self.removed or self.changed)

    def joined(self, other: "RuleChanges") -> "RuleChanges":
        """Give both together."""
        return RuleChanges(*((*mine, *theirs) for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def changes_between(before: RuleSet | None, now: RuleSet, kept: Sequence[str]) -> RuleChanges:
    """Compare two sets of rules; of the first one ever loaded there is nothing to say."""
    if before is None:
        return RuleChanges(kept=tuple(kept))
    old = {rule.info.id: rule for rule in before.rules} | {spec.info.id: spec for spec in before.correlations}
    new = {rule.info.id: rule for rule in now.rules} | {spec.info.id: spec for spec in now.correlations}
    both = (before.hit_filters, now.hit_filters)
    filters = [each for mine, others in (both, both[::-1]) for each in mine if each not in others]
    windows = {spec.info.id: spec for spec in before.correlations}
    return RuleChanges(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(
            sorted(
                {rule_id for rule_id in new.keys() & old.keys() if new[rule_id] != old[rule_id]}
                | {rule_id for each in filters for rule_id in filtered_ids(each.rules)}
            )
        ),
        restarted=tuple(
            spec.info.id
            for spec in now.correlations
            if spec.info.id in windows and fingerprint(spec) != fingerprint(windows[spec.info.id])
        ),
        kept=tuple(sorted(kept)),
    )
