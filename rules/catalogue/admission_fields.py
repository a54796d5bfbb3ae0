"""The questions asked once the person is retained, in their order: all off by default."""

from typing import Final

from rules.catalogue.shapes import CatalogueField, note, words
from rules.vocabulary import WorkStatus

_CNIL: Final = ("CNIL, guide du recrutement", "CNIL (French data protection), recruitment guide")
_ONCE_HIRED: Final = (
    "À ne demander qu’une fois la personne retenue.",
    "To be asked only once the person is retained.",
)
_BANK: Final = note(
    "Les coordonnées bancaires ne se demandent pas à un candidat. "
    "Une fois la personne retenue : pour la payer.",
    "Bank details are not asked of a candidate. Once the person is retained: to pay.",
    source=_CNIL,
)

ADMISSION_FIELDS: Final = (
    CatalogueField(
        key="birth_date",
        kind="date",
        statuses=(WorkStatus.EMPLOYEE,),
        phase="R",
        default_on=False,
        limits={"past": True, "min_age": 16},
        label=words("Date de naissance", "Date of birth"),
        help=words(
            "Par exemple : 31/12/1990. Il la faut pour déclarer votre embauche.",
            "For example: 31/12/1990. It is needed to declare that we hire you.",
        ),
        note=note(
            f"{_ONCE_HIRED[0]} L’âge ne doit pas servir à choisir entre les candidats.",
            f"{_ONCE_HIRED[1]} Age must not serve to choose between candidates.",
            source=("CNIL ; code du travail, L1132-1", "CNIL; code du travail, L1132-1"),
        ),
    ),
    CatalogueField(
        key="address",
        kind="address",
        statuses=(WorkStatus.EMPLOYEE,),
        phase="R",
        default_on=False,
        label=words("Adresse postale", "Postal address"),
        help=words(
            "Par exemple : 12 rue des Lilas, 69003 Lyon. Elle sera sur votre contrat.",
            "For example: 12 rue des Lilas, 69003 Lyon. It will be on your contract.",
        ),
        note=note(*_ONCE_HIRED, source=_CNIL),
    ),
    CatalogueField(
        key="nir",
        kind="nir",
        statuses=(WorkStatus.EMPLOYEE,),
        phase="R",
        default_on=False,
        sensitive=True,
        label=words("Numéro de sécurité sociale", "Social security number"),
        help=words(
            "15 chiffres, sur votre carte Vitale. Il sert seulement à déclarer votre embauche. "
            "Il est gardé chiffré.",
            "15 digits, on your “carte Vitale”. It only serves to declare that we hire you. "
            "It is kept encrypted.",
        ),
        note=note(
            "Interdit tant que la personne est candidate. Une fois retenue : seulement pour la "
            "déclaration préalable à l’embauche.",
            "Forbidden while the person is a candidate. Once retained: only for the declaration "
            "before hiring.",
            source=("CNIL ; décret 2019-341", "CNIL; décret 2019-341"),
        ),
    ),
    CatalogueField(
        key="iban",
        kind="iban",
        phase="R",
        default_on=False,
        sensitive=True,
        label=words("IBAN", "IBAN"),
        help=words(
            "Par exemple : FR76 3000 6000 0112 3456 7890 189. Il est sur votre RIB et sert à "
            "vous payer.",
            "For example: FR76 3000 6000 0112 3456 7890 189. It is on your RIB and serves to "
            "pay you.",
        ),
        note=_BANK,
    ),
    CatalogueField(
        key="account_holder",
        kind="text",
        phase="R",
        default_on=False,
        limits={"max_length": 80},
        label=words("Titulaire du compte", "Account holder"),
        help=words(
            "Par exemple : Amina Benali. Le nom écrit sur votre RIB.",
            "For example: Amina Benali. The name on your RIB.",
        ),
        note=_BANK,
    ),
)
