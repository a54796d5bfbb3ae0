"""The provider's switches stand above the requirements: accepted statuses, fluent French."""

from collections.abc import Collection
from dataclasses import replace

from rules.checklist import WORK_STATUS
from rules.dossier import FieldRule

FRENCH = "speaks_french"


def under_switches(
    rule: FieldRule, accepted_statuses: Collection[str], *, french_required: bool
) -> FieldRule:
    """The question as it is asked under these settings."""
    if rule.key == WORK_STATUS:
        choices = tuple(one for one in rule.question.choices if one.key in accepted_statuses)
        return replace(rule, question=replace(rule.question, choices=choices))
    if rule.key == FRENCH:
        return replace(rule, must_be=(True,) if french_required else ())
    return rule
