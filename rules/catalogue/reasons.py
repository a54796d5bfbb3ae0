"""The rejection reasons that are shipped; each provider edits their own copy."""

from typing import Final

from rules.catalogue.shapes import Reason, words

ILLEGIBLE: Final = Reason(
    "illegible",
    words("Illisible ou coupé", "Cannot be read, or cut off"),
    words(
        "Posez le document à plat, à la lumière, et photographiez-le en entier.",
        "Lay the document flat, in good light, and take a photo of the whole of it.",
    ),
)
WRONG_DOCUMENT: Final = Reason(
    "wrong_document",
    words("Ce n’est pas le bon document", "Not the right document"),
    words(
        "Regardez le nom du document demandé, puis envoyez celui-là.",
        "Look at the name of the document we ask for, then send that one.",
    ),
)
EXPIRED: Final = Reason(
    "expired",
    words("Expiré, ou bientôt expiré", "Expired, or about to expire"),
    words(
        "Demandez un document récent à l’organisme qui le délivre, puis envoyez-le.",
        "Ask the body that issues it for a recent one, then send it.",
    ),
)
NAME_DIFFERS: Final = Reason(
    "name_differs",
    words(
        "Le nom n’est pas celui de vos informations",
        "The name is not the one in your details",
    ),
    words(
        "Envoyez un document à votre nom, ou corrigez votre nom dans « Mes infos ». "
        "Si votre nom a changé, écrivez-nous.",
        "Send a document in your name, or correct your name in “My details”. "
        "If your name has changed, write to us.",
    ),
)
INCOMPLETE: Final = Reason(
    "incomplete",
    words("Il manque une page ou un côté", "A page or a side is missing"),
    words(
        "Envoyez toutes les pages, recto et verso, dans l’ordre.",
        "Send all the pages, front and back, in order.",
    ),
)
WRONG_PROOF: Final = Reason(
    "wrong_proof",
    words(
        "Ce type de justificatif n’est pas accepté",
        "This type of proof is not accepted",
    ),
    words(
        "Lisez l’aide du document : elle dit quels justificatifs conviennent.",
        "Read the help of this document: it says which proofs will do.",
    ),
)
SIRET_DIFFERS: Final = Reason(
    "siret_differs",
    words(
        "Le SIRET n’est pas celui de vos informations",
        "The SIRET is not the one in your details",
    ),
    words(
        "Vérifiez votre SIRET dans « Mes infos », ou envoyez le document qui porte ce numéro.",
        "Check your SIRET in “My details”, or send the document that shows this number.",
    ),
)
SCREEN_PHOTO: Final = Reason(
    "screen_photo",
    words("Photo d’un écran", "Photo of a screen"),
    words(
        "Envoyez le fichier lui-même (PDF), ou une photo du document sur papier.",
        "Send the file itself (PDF), or a photo of the document on paper.",
    ),
)

ALWAYS: Final = (ILLEGIBLE, WRONG_DOCUMENT, NAME_DIFFERS, INCOMPLETE, WRONG_PROOF, SCREEN_PHOTO)
DATED: Final = (*ALWAYS, EXPIRED)
OF_A_COMPANY: Final = (*ALWAYS, EXPIRED, SIRET_DIFFERS)
REASONS: Final = OF_A_COMPANY
"""All of them."""

OPENS: Final = {
    NAME_DIFFERS.key: frozenset({"first_name", "last_name"}),
    SIRET_DIFFERS.key: frozenset({"siret"}),
}
"""Answers that may be what is wrong: they can be corrected as long as the document is rejected."""
