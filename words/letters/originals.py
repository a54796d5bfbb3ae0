"""The product's own mails written with tags: what the editor starts from."""

from functools import cache

from rules.mails import MailName, MailTag, OwnText
from words.templates import render


@cache
def original(name: MailName, language: str) -> OwnText:
    """The same words as templates/mail says, one text per situation.

    `templates/mail/own/texts/<name>.txt`: the subject, an empty line, then the body.
    """
    written = render(
        f"mail/own/texts/{name}.txt",
        language,
        tag={str(tag): f"{{{{ {tag} }}}}" for tag in MailTag},
        short_day=f"{{{{ {MailTag.DAY}|court }}}}",
    )
    subject, _, body = written.partition("\n")
    return OwnText(subject.strip(), body.strip())
