"""The mail server: reached, encrypted, our login taken; a mail is sent only when asked for."""

import ssl
from email.message import EmailMessage

import aiosmtplib

from commands.probes.kit import PATIENCE, Finding, Kit, ok, warning, wrong
from jobs.deliver import sender_of
from jobs.mime import host
from models.ids import new_id
from settings.parsing import Smtp, is_loopback


async def mail(kit: Kit) -> list[Finding]:
    """Connect, STARTTLS and login as the worker does."""
    _ = kit.say
    about, smtp = _("Mail server"), kit.settings.smtp
    if smtp is None:
        told = _("None: mails stay owed, and no candidate gets any.")
        return [warning(about, told, _("Name one in SMTP_URL."))]
    line = aiosmtplib.SMTP(
        hostname=smtp.host,
        port=smtp.port,
        use_tls=smtp.security == "tls",
        start_tls=smtp.security == "starttls",
        timeout=PATIENCE,
    )
    try:
        return await _talk(kit, smtp, line)
    except (aiosmtplib.SMTPException, OSError) as error:
        return [wrong(about, *_refusal(kit, smtp, error))]
    finally:
        line.close()


async def _talk(kit: Kit, smtp: Smtp, line: aiosmtplib.SMTP) -> list[Finding]:
    _ = kit.say
    about, place = _("Mail server"), f"{smtp.host}:{smtp.port}"
    await line.connect()
    if smtp.user:
        await line.login(smtp.user, smtp.password)
    found = ok(about, _("{place} takes our mails.", place=place))
    if smtp.security == "plain" and not is_loopback(f"smtp://{smtp.host}"):
        told = _("{place} takes our mails, but everything goes there in clear.", place=place)
        found = warning(about, told, _("Write smtp+starttls:// or smtps:// in SMTP_URL."))
    if not kit.mail_to:
        return [found]
    await line.send_message(_trial(kit))
    return [found, ok(about, _("A mail to {address} was accepted.", address=kit.mail_to))]


def _trial(kit: Kit) -> EmailMessage:
    _ = kit.say
    message = EmailMessage()
    message["From"] = sender_of(kit.settings)
    message["To"] = kit.mail_to
    message["Subject"] = _("Antichambre can send mails")
    message["Date"] = kit.clock()
    message["Message-ID"] = f"<{new_id()}@{host(kit.settings.public_url)}>"
    body = _("This mail was sent by “antichambre check”. If you read it, mails arrive.")
    message.set_content(body + "\n")
    return message


def _refusal(kit: Kit, smtp: Smtp, error: Exception) -> tuple[str, str]:
    """What the server, or the way to it, has against us; and the remedy. Never a password."""
    _ = kit.say
    place = f"{smtp.host}:{smtp.port}"
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        told = _("{place} refuses our user or password ({code}).", place=place, code=error.code)
        remedy = _("Check them in SMTP_URL; signs such as @ are percent-encoded there.")
        return told, remedy + " " + _("Some providers want a password made for applications.")
    if isinstance(cause, ssl.SSLCertVerificationError):
        told = _("{place} shows a certificate that is not to be trusted.", place=place)
        return told, _("Name the server as its certificate does, or renew the certificate.")
    if isinstance(cause, ssl.SSLError):
        told = _("{place} does not speak TLS in this way.", place=place)
        return told, _("Usually: smtps:// with port 465, smtp+starttls:// with port 587.")
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPSenderRefused):
        told = _("{place} takes our login, but refuses this mail.", place=place)
        return told, _("Check ?from= in SMTP_URL: it must be an address that may send there.")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        told = _("{place} answers with an error ({code}).", place=place, code=error.code)
        return told, _("Look at the log of the mail server.")
    if "STARTTLS" in str(error):
        told = _("{place} does not offer STARTTLS.", place=place)
        return told, _("Usually: smtps:// with port 465, smtp+starttls:// with port 587.")
    told = _("{place} cannot be reached ({why}).", place=place, why=type(error).__name__)
    return told, _("Check name and port in SMTP_URL, and that a firewall lets us out.")
