"""Whether a provider's own item seems to ask for data that a candidate may not be asked.

A hint, not a judgement: such an item at the application stage shows its note and needs an
explicit confirmation. Words are compared folded, whole, in French and English.
"""

from dataclasses import dataclass
from typing import Final

from rules.answers.question import Words
from rules.answers.tidy import fold
from rules.catalogue.shapes import note, words

_CNIL: Final = ("CNIL, guide du recrutement", "CNIL (French data protection), recruitment guide")
_LABOUR: Final = ("code du travail, L1132-1 ; CNIL", "code du travail, L1132-1; CNIL")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A sort of data that is not asked of a candidate."""

    key: str
    label: Words
    note: Words
    signs: tuple[str, ...]
    """Words and phrases, folded, that give it away."""


def _forbidden(
    key: str, label: Words, why: tuple[str, str, tuple[str, str]], signs: str
) -> Forbidden:
    fr, en, source = why
    phrases = tuple(fold(sign) for sign in signs.split(","))
    return Forbidden(key, label, note(fr, en, source=source), phrases)


_ONCE: Final = (
    "À ne demander qu’une fois la personne retenue.",
    "To be asked only once the person is retained.",
    _CNIL,
)
_NEVER: Final = (
    "Ne se demande pas : ce critère ne doit pas servir à choisir.",
    "Not to be asked: it must not serve to choose.",
    _LABOUR,
)

FORBIDDEN: Final = (
    _forbidden(
        "nir",
        words("Numéro de sécurité sociale", "Social security number"),
        _ONCE,
        "nir,securite sociale,numero secu,no secu,carte vitale,social security,vitale",
    ),
    _forbidden(
        "bank",
        words("Coordonnées bancaires", "Bank details"),
        _ONCE,
        "iban,rib,bic,coordonnees bancaires,compte bancaire,carte bancaire,bank,bank account",
    ),
    _forbidden(
        "identity",
        words("Papiers d’identité", "Identity papers"),
        _ONCE,
        "carte d'identite,piece d'identite,passeport,titre de sejour,identity card,passport,"
        "identity document,residence permit,cni",
    ),
    _forbidden(
        "civil_status",
        words("État civil et adresse", "Civil status and address"),
        _ONCE,
        "date de naissance,adresse postale,adresse complete,date of birth,birth date,"
        "postal address,home address,votre age,quel age,your age,how old",
    ),
    _forbidden(
        "origin",
        words("Nationalité et origine", "Nationality and origin"),
        _NEVER,
        "nationalite,lieu de naissance,pays de naissance,origine,nationality,place of birth,"
        "country of birth,ethnic,langue maternelle,mother tongue",
    ),
    _forbidden(
        "private_life",
        words("Vie privée et famille", "Private life and family"),
        _NEVER,
        "situation familiale,situation de famille,marie,mariee,celibataire,enceinte,grossesse,"
        "vos enfants,nombre d'enfants,orientation sexuelle,marital status,married,pregnant,"
        "your children,sexual orientation",
    ),
    _forbidden(
        "beliefs",
        words("Opinions et croyances", "Opinions and beliefs"),
        _NEVER,
        "religion,croyance,syndicat,parti politique,opinions politiques,trade union,political,"
        "religious",
    ),
    _forbidden(
        "health",
        words("Santé", "Health"),
        _NEVER,
        "sante,maladie,maladies,traitement medical,vaccin,vaccins,groupe sanguin,illness,"
        "medical,vaccine,rqth,health",
    ),
    _forbidden(
        "criminal_record",
        words("Casier judiciaire", "Criminal record"),
        (
            "Seulement si le travail le justifie ; le consulter sans en garder de copie.",
            "Only if the job justifies it; look at it and keep no copy.",
            ("CNIL ; code de procédure pénale, art. 777", "CNIL; code de procédure pénale"),
        ),
        "casier judiciaire,casier,b3,condamnation,condamnations,criminal record,honorabilite",
    ),
)


def forbidden_data(label: str, kind: str = "text") -> tuple[Forbidden, ...]:
    """The sorts of forbidden data that an own item's label or kind suggests."""
    plain = "".join(sign if sign.isalnum() or sign == "'" else " " for sign in fold(label))
    wanted = f" {' '.join(plain.split())} "
    by_kind = {"nir": "nir", "iban": "bank", "address": "civil_status"}.get(kind)
    return tuple(
        one
        for one in FORBIDDEN
        if one.key == by_kind or any(f" {sign} " in wanted for sign in one.signs)
    )
