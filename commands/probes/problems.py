"""What is wrong with a setting, in the operator's language.

The settings know no catalogue, and speak English. These are their sentences, for the catalogues
to find; one that is missing here is told in English.
"""

from words.language import N_, translations

SENTENCES = (
    N_("port 0 cannot be reached"),
    N_("is neither sqlite:///folder/file.sqlite3 nor postgres://user:password@host/name"),
    N_("is none of redis://host:6379/0, rediss://…, unix:///path/to/socket"),
    N_("is neither file:///absolute/folder nor s3://key:secret@host/bucket?region=name"),
    N_(
        "is none of smtp://host:25, smtps://user:password@host:465, "
        "smtp+starttls://user:password@host:587"
    ),
    N_("has a user without a password, or the reverse"),
    N_("has ?from= with something else than a bare e-mail address"),
    N_("is not like https://recrutement.example.org (no path, nothing after the host)"),
    N_("is shorter than 32 characters; make one: openssl rand -hex 32"),
    N_("needs at least one id:base64 pair, and each id once"),
    N_("has an id that is not 1 to 16 of a-z, 0-9 and -"),
    N_("is not like 123456789:AAF…; ask @BotFather for /token"),
    N_("is neither tcp://host:3310 nor unix:///path/to/clamd.sock"),
    N_("is not a number of seconds from 0 to 86400"),
    N_("is not a port number from 1 to 65535"),
    N_("is not at least 24 plain characters; make one: openssl rand -hex 24"),
    N_("is not a bare host name or IP address, such as 127.0.0.1 or 0.0.0.0"),
    N_(
        "is missing: ask @BotFather for a bot and give its token, "
        "or try everything without Telegram: antichambre demo"
    ),
    N_("is required with PostgreSQL; make one: openssl rand -hex 32"),
    N_("is required with PostgreSQL; make one: echo k1:$(openssl rand -base64 32 | tr +/ -_)"),
)


def told(problem: str, language: str) -> str:
    """`NAME sentence`, the sentence in this language."""
    name, _, sentence = problem.partition(" ")
    if sentence not in SENTENCES:
        return problem
    return f"{name} {translations(language).gettext(sentence)}"
