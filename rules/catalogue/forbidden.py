"""Whether a provider's own item seems to ask for data that a candidate may not be asked.

A hint, not a judgement: such an item at the application stage shows its note and needs an
explicit confirmation. Words are compared folded, whole, in French and English, without elided
articles and plurals: "d'honorabilité" is "honorabilité", "casiers" is "casier".
"""

import re
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
    """Words and phrases, in `_plain` spelling, that give it away."""


_ELIDED: Final = re.compile(r"\b(?:[cdjlmnst]|qu)'(?=\w)")
_SHORTEST_PLURAL: Final = 5
"""Letters: "vous" and "bis" are no plurals."""


def _plain(text: str) -> str:
    """Words folded, singular, without elided articles, one space between them."""
    words = re.split(r"[\W_]+", _ELIDED.sub("", fold(text)))
    return " ".join(
        one[:-1] if len(one) >= _SHORTEST_PLURAL and one.endswith("s") else one
        for one in words
        if one
    )


def _forbidden(
    key: str, label: Words, why: tuple[str, str, tuple[str, str]], signs: str
) -> Forbidden:
    fr, en, source = why
    phrases = tuple(_plain(sign) for sign in signs.split(","))
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
        "nir,securite sociale,secu,carte vitale,social security,vitale,national insurance",
    ),
    _forbidden(
        "bank",
        words("Coordonnées bancaires", "Bank details"),
        _ONCE,
        "iban,rib,bic,coordonnees bancaires,compte bancaire,carte bancaire,banque,bank",
    ),
    _forbidden(
        "identity",
        words("Papiers d’identité", "Identity papers"),
        _ONCE,
        "carte d'identite,piece d'identite,papiers d'identite,passeport,titre de sejour,"
        "carte de sejour,permis de sejour,cni,identity card,identity papers,identity document,"
        "passport,residence permit",
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
        "nationalite,citoyennete,lieu de naissance,pays de naissance,ville de naissance,origine,"
        "langue maternelle,nationality,nationalities,citizenship,place of birth,country of birth,"
        "country of origin,ethnic,ethnicity,mother tongue",
    ),
    _forbidden(
        "private_life",
        words("Vie privée et famille", "Private life and family"),
        _NEVER,
        "situation familiale,situation de famille,marie,mariee,celibataire,enceinte,grossesse,"
        "vos enfants,avez vous des enfants,vous avez des enfants,nombre d'enfants,"
        "enfants a charge,orientation sexuelle,conjoint,conjointe,marital status,"
        "married,pregnant,your children,you have children,"
        "any children,sexual orientation",
    ),
    _forbidden(
        "beliefs",
        words("Opinions et croyances", "Opinions and beliefs"),
        _NEVER,
        "religion,religieux,religieuse,croyance,syndicat,syndical,syndique,syndiquee,"
        "parti politique,opinions politiques,trade union,political,religious",
    ),
    _forbidden(
        "health",
        words("Santé", "Health"),
        _NEVER,
        "sante,maladie,traitement medical,certificat medical,vaccin,vaccine,vaccinee,invalidite,"
        "situation de handicap,votre handicap,un handicap,vous handicape,vous handicapee,"
        "groupe sanguin,rqth,illness,medical,health,disability,disabled",
    ),
    _forbidden(
        "criminal_record",
        words("Casier judiciaire", "Criminal record"),
        (
            "Seulement si le travail le justifie ; le consulter sans en garder de copie.",
            "Only if the job justifies it; look at it and keep no copy.",
            ("CNIL ; code de procédure pénale, art. 777", "CNIL; code de procédure pénale"),
        ),
        "casier,b3,condamnation,condamne,condamnee,honorabilite,criminal record,convictions",
    ),
)


def forbidden_data(label: str, kind: str = "text") -> tuple[Forbidden, ...]:
    """The sorts of forbidden data that an own item's label or kind suggests."""
    wanted = f" {_plain(label)} "
    by_kind = {"nir": "nir", "iban": "bank", "address": "civil_status"}.get(kind)
    return tuple(
        one
        for one in FORBIDDEN
        if one.key == by_kind or any(f" {sign} " in wanted for sign in one.signs)
    )
