"""The chat page's own words: English is the source, French beside it."""

from collections.abc import Callable

LANGUAGES = ("fr", "en")
FRENCH = {
    "Chats": "Discussions",
    "Local Telegram": "Telegram local",
    "New person": "Nouvelle personne",
    "First name": "Prénom",
    "Last name": "Nom",
    "Language": "Langue",
    "Create": "Créer",
    "Back to the list": "Retour à la liste",
    "bot": "bot",
    "typing…": "écrit…",
    "sending a photo…": "envoie une photo…",
    "sending a file…": "envoie un fichier…",
    "busy…": "prépare une réponse…",
    "Message": "Message",
    "Caption": "Légende",
    "Send": "Envoyer",
    "Attach": "Joindre",
    "Photos": "Photos",
    "Files": "Fichiers",
    "My contact": "Mon contact",
    "Voice message": "Message vocal",
    "Sticker": "Sticker",
    "Location": "Position",
    "Poll": "Sondage",
    "Commands": "Commandes",
    "Menu": "Menu",
    "Keyboard": "Clavier",
    "Start": "Démarrer",
    "Unblock the bot": "Débloquer le bot",
    "Block the bot": "Bloquer le bot",
    "You blocked this bot.": "Vous avez bloqué ce bot.",
    "More": "Plus",
    "Language of the app": "Langue de l'application",
    "Open in a second window": "Ouvrir dans une deuxième fenêtre",
    "Edit": "Modifier",
    "Delete": "Supprimer",
    "Reply": "Répondre",
    "edited": "modifié",
    "Cancel": "Annuler",
    "Pinned message": "Message épinglé",
    "pinned a message": "a épinglé un message",
    "taken by the bot": "reçu par le bot",
    "sent": "envoyé",
    "Photo": "Photo",
    "What can this bot do?": "Que peut faire ce bot ?",
    "No messages here yet. Press Start to begin.": "Aucun message. Appuyez sur Démarrer.",
    "Choose a chat, or create a person.": "Choisissez une discussion, ou créez une personne.",
    "Open the chat with": "Ouvrir la discussion avec",
    "Who opens this link?": "Qui ouvre ce lien ?",
    "Somebody new": "Quelqu'un d'autre",
    "This link belongs to no bot of this sandbox.": "Ce lien n'est celui d'aucun bot d'ici.",
    "OK": "OK",
    "Not read yet": "Pas encore lu",
    "Copied": "Copié",
    "Nobody yet. Create a person to begin.": "Personne encore. Créez une personne.",
    "Options for this message": "Options de ce message",
    "Show the buttons": "Afficher les boutons",
    "Messages of the chat": "Messages de la discussion",
    "Connection lost, trying again…": "Connexion perdue, nouvel essai…",
    "An answer to a poll is not played here.": "On ne répond pas aux sondages ici.",
}


def translator(language: str) -> Callable[[str], str]:
    """The function that says a phrase in one language."""
    if language == "fr":
        return lambda text: FRENCH[text]
    return lambda text: text
