"""The mails that a provider may write in its own words: which ones, their tags, what is safe."""

from rules.mails.catalogue import MAILS, SITUATIONS, MailName, MailParts, MailTag, name_of
from rules.mails.checking import MailRefused, OwnText, check_text, examine
from rules.mails.writing import Put, Template, parse, pieces

__all__ = [
    "MAILS",
    "SITUATIONS",
    "MailName",
    "MailParts",
    "MailRefused",
    "MailTag",
    "OwnText",
    "Put",
    "Template",
    "check_text",
    "examine",
    "name_of",
    "parse",
    "pieces",
]
