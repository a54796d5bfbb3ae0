"""A letter with its envelope: the MIME message that leaves."""

from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from urllib.parse import urlsplit

from words.letters import Letter


class OneLine(UnstructuredHeader, BaseHeader):
    """A header that is never folded: a long address would be encoded, and no longer be one."""

    def fold(self, *, policy: Policy) -> str:
        """As it is; ours is far from the 998 characters that a line may have (RFC 5322)."""
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", OneLine)
POLICY = SMTP.clone(header_factory=HEADERS)


def message(
    letter: Letter, *, to: str, sender: str, message_id: str, public_url: str, at: datetime
) -> EmailMessage:
    """Text and HTML, one recipient.

    Raises:
        ValueError: a name or an address that would break out of its header.
    """
    made = EmailMessage(policy=POLICY)
    made["From"] = Address(display_name=plain(letter.sender_name), addr_spec=sender)
    made["To"] = Address(addr_spec=to)
    if letter.reply_to:
        made["Reply-To"] = Address(addr_spec=letter.reply_to)
    made["Subject"] = plain(letter.subject)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{message_id}@{host(public_url)}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe:  # one POST by the mail program, without a page (RFC 8058)
        made["List-Unsubscribe"] = f"<{plain(letter.unsubscribe)}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    made["Content-Language"] = letter.language  # set before, it would move to the text part
    return made


def plain(text: str) -> str:
    """The text without what mail programs decode (RFC 2047): a name may hide a line break so."""
    return text.replace("=?", "= ?")


def host(public_url: str) -> str:
    """The host of our own address, which ends every Message-ID."""
    return urlsplit(public_url).hostname or "localhost"
