"""Composing what a provider asks: entries, the draft and its operations, faults, legal guard.

Everything is pure; actions/requirements keeps drafts and publishes them (docs/requirements.md).
"""

from rules.requirements.asked import document_rules, field_rules
from rules.requirements.difference import Change, Difference, difference
from rules.requirements.draft import CATALOGUE, Draft, Ground, of_content
from rules.requirements.entries import (
    DocumentEntry,
    Entry,
    FieldEntry,
    Option,
    document_entry,
    field_entry,
    in_order,
)
from rules.requirements.guard import Caution, cautions, confirm, is_confirmed, unconfirmed
from rules.requirements.offers import Offer, offers
from rules.requirements.refusals import EntryRefused, NoSuchEntry, NothingToPublish

__all__ = [
    "CATALOGUE",
    "Caution",
    "Change",
    "Difference",
    "DocumentEntry",
    "Draft",
    "Entry",
    "EntryRefused",
    "FieldEntry",
    "Ground",
    "NoSuchEntry",
    "NothingToPublish",
    "Offer",
    "Option",
    "cautions",
    "confirm",
    "difference",
    "document_entry",
    "document_rules",
    "field_entry",
    "field_rules",
    "in_order",
    "is_confirmed",
    "of_content",
    "offers",
    "unconfirmed",
]
