"""Why something that was owed never left, in words."""

from words.language import N_, translate

SENTENCES = frozenset(
    {
        N_("told in a later message"),
        N_("the verdict was changed"),
        N_("held back by an operator"),
        N_("set aside by an operator"),
        N_("another mail about the account says it"),
        N_("another one took its place"),
        N_("given meanwhile"),
        N_("in the bin again"),
        N_("no address"),
        N_("no longer accepted"),
        N_("no longer admitted"),
        N_("nothing is to be corrected any more"),
        N_("renewed meanwhile"),
        N_("restored meanwhile"),
        N_("sent again meanwhile"),
        N_("the account is confirmed"),
        N_("the address is confirmed"),
        N_("the address is refused"),
        N_("the document is no longer asked for"),
        N_("the reminder is void"),
        N_("the space is closed again"),
        N_("the space is no longer open"),
        N_("works here again, or is in the bin"),
    }
)
"""What is written down; the tests compare it with what the reads say."""


def why(said: str, language: str) -> str:
    """The reason in words; empty when it says nothing to an operator."""
    return translate(language, said) if said in SENTENCES else ""
