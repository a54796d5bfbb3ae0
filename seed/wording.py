"""What Douceur & Cie changed in its mails: a warmer text, a sender's name, a signature."""

from datetime import datetime

from actions.deeds import Actor
from actions.mail_texts import MailSender, change_sender, save_mail
from models.tables import Provider
from rules.mails import MailName, OwnText

SENDER = MailSender(
    "Odile de Douceur & Cie",
    {
        "fr": "Odile Perret\nDouceur & Cie, Grenoble",
        "en": "Odile Perret\nDouceur & Cie, Grenoble",
    },
)
CORRECTIONS = OwnText(
    "{{ entreprise }} : encore un petit effort, {{ prenom }}",
    """{{ bonjour }}

Merci pour votre dossier, nous l’avons lu avec attention. Il reste quelques points à revoir :

{{ liste }}

{{ commentaire }}

{{ bouton }}

Rien d’autre ne change. Dès que c’est fait, renvoyez votre candidature depuis Telegram : nous la \
regardons en général sous deux jours.""",
)


async def reword(provider: Provider, actor: Actor, now: datetime) -> None:
    """Save all of it, as Odile would."""
    version = (await Provider.get(id=provider.id)).settings_version
    await change_sender(provider.id, SENDER, version, actor, now)
    about = (provider.id, MailName.CORRECTIONS, "fr")
    await save_mail(*about, CORRECTIONS, 0, actor, now)
