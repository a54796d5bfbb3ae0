"""The documents asked once the person is retained, in their order: all off by default."""

from typing import Final

from rules.catalogue import reasons
from rules.catalogue.shapes import (
    ONE_YEAR,
    SIX_MONTHS,
    THREE_MONTHS,
    CatalogueDocument,
    Condition,
    note,
    words,
)
from rules.vocabulary import WorkStatus

_CNIL: Final = ("CNIL, guide du recrutement", "CNIL (French data protection), recruitment guide")
_INDEPENDENT: Final = (WorkStatus.INDEPENDENT,)
_EMPLOYEE: Final = (WorkStatus.EMPLOYEE,)

ADMISSION_DOCUMENTS: Final = (
    CatalogueDocument(
        key="identity_document",
        phase="R",
        default_on=False,
        max_pages=4,
        asks_expiry=True,
        view_and_forget=True,
        sensitive=True,
        records=("type", "number", "expiry"),
        reasons=reasons.DATED,
        label=words("Pièce d’identité", "Identity document"),
        help=words(
            "Carte d’identité recto verso, passeport ou titre de séjour. Nous la vérifions, "
            "puis l’image est détruite.",
            "Identity card on both sides, passport or residence permit. We check it, then the "
            "image is destroyed.",
        ),
        note=note(
            "Pas de copie demandée à un candidat. Une fois la personne retenue : vérifier, "
            "garder la nature, le numéro et la date, puis détruire.",
            "No copy is asked of a candidate. Once the person is retained: check, keep type, "
            "number and date, then destroy.",
            source=_CNIL,
        ),
    ),
    CatalogueDocument(
        key="residence_permit",
        phase="R",
        default_on=False,
        condition=Condition("may_work_in_france", ("permit",)),
        max_pages=4,
        asks_expiry=True,
        remind_days=(60, 30),
        sensitive=True,
        records=("type", "number", "expiry", "checked_on"),
        reasons=reasons.DATED,
        label=words("Titre de séjour", "Residence permit"),
        help=words(
            "Recto verso, en cours de validité, avec le droit de travailler. "
            "La loi nous demande de le vérifier.",
            "Both sides, still valid, with the right to work. The law asks us to check it.",
        ),
        note=note(
            "Pour un salarié, l’employeur fait authentifier le titre par la préfecture au moins "
            "2 jours ouvrables avant l’embauche.",
            "For an employee, the employer has the permit authenticated by the préfecture at "
            "least 2 working days before the start.",
            source=(
                "code du travail, L5221-8 et R5221-42",
                "code du travail, L5221-8, R5221-42",
            ),
        ),
    ),
    CatalogueDocument(
        key="vigilance_certificate",
        statuses=_INDEPENDENT,
        phase="R",
        default_on=False,
        max_pages=3,
        validity_days=SIX_MONTHS,
        records=("security_code", "checked_on", "date"),
        reasons=reasons.OF_A_COMPANY,
        label=words("Attestation de vigilance URSSAF", "URSSAF vigilance certificate"),
        help=words(
            "À télécharger dans votre espace URSSAF, de moins de 6 mois. Elle montre que vos "
            "cotisations sont déclarées.",
            "Download it from your URSSAF account, less than 6 months old. It shows that your "
            "contributions are declared.",
        ),
        note=note(
            "Obligatoire à partir de 5 000 € au total, puis tous les 6 mois jusqu’à la fin du "
            "contrat. Le client vérifie le code de sécurité : noter le code et la date de la "
            "vérification.",
            "Mandatory from 5,000 € in total, then every 6 months to the end of the contract. "
            "The client verifies the security code: note the code and the date of the check.",
            source=("code du travail, L8222-1 et D8222-5", "code du travail, L8222-1, D8222-5"),
        ),
    ),
    CatalogueDocument(
        key="registration_proof",
        statuses=_INDEPENDENT,
        phase="R",
        default_on=False,
        required=False,
        max_pages=5,
        validity_days=THREE_MONTHS,
        records=("number", "date"),
        reasons=reasons.OF_A_COMPANY,
        label=words(
            "Justificatif d’immatriculation (Kbis, RNE)", "Proof of registration (Kbis, RNE)"
        ),
        help=words(
            "Un extrait Kbis ou RNE de moins de 3 mois. Il montre que votre entreprise est "
            "inscrite au registre.",
            "A Kbis or RNE extract, less than 3 months old. It shows that your business is "
            "registered.",
        ),
        note=note(
            "Pour les professions réglementées ou soumises à immatriculation. Les 3 mois sont "
            "un usage.",
            "For regulated professions, or those that must be registered. The 3 months are a "
            "custom.",
            source=("code du travail, D8222-5", "code du travail, D8222-5"),
        ),
    ),
    CatalogueDocument(
        key="foreign_workers_list",
        statuses=_INDEPENDENT,
        phase="R",
        default_on=False,
        required=False,
        validity_days=SIX_MONTHS,
        sensitive=True,
        records=("date",),
        reasons=reasons.OF_A_COMPANY,
        label=words(
            "Liste des salariés étrangers soumis à autorisation",
            "List of foreign workers who need a permit",
        ),
        help=words(
            "Seulement si vous employez des personnes. Une feuille datée ; si vous n’en "
            "employez pas, passez.",
            "Only if you employ people. A dated sheet; if you employ nobody, skip it.",
        ),
        note=note(
            "Seulement si l’indépendant emploie des personnes ; tous les 6 mois.",
            "Only if the independent employs people; every 6 months.",
            source=("code du travail, D8254-2", "code du travail, D8254-2"),
        ),
    ),
    CatalogueDocument(
        key="liability_insurance",
        statuses=_INDEPENDENT,
        phase="R",
        default_on=False,
        max_pages=6,
        validity_days=ONE_YEAR,
        asks_expiry=True,
        records=("activity", "expiry"),
        reasons=reasons.DATED,
        label=words(
            "Assurance responsabilité civile professionnelle", "Professional liability insurance"
        ),
        help=words(
            "L’attestation de l’année en cours, avec vos activités. Elle vous protège si "
            "quelque chose est cassé chez un client.",
            "This year’s certificate, with your activities. It protects you if something is "
            "broken at a client’s.",
        ),
        note=note(
            "Vérifier que l’activité exercée est bien couverte. Obligatoire pour certaines "
            "professions seulement.",
            "Check that the activity is covered. Mandatory for some professions only.",
            source=("code des assurances ; usage", "code des assurances; custom"),
        ),
    ),
    CatalogueDocument(
        key="bank_details",
        phase="R",
        default_on=False,
        max_pages=2,
        sensitive=True,
        records=("holder",),
        reasons=reasons.ALWAYS,
        label=words("RIB", "Bank details (RIB)"),
        help=words(
            "Le RIB à votre nom, à télécharger sur le site de votre banque. Il sert à vous payer.",
            "The RIB in your name, from your bank’s web site. It serves to pay you.",
        ),
        note=note(
            "Interdit tant que la personne est candidate. Vérifier le titulaire.",
            "Forbidden while the person is a candidate. Check the holder.",
            source=_CNIL,
        ),
    ),
    CatalogueDocument(
        key="health_insurance_card",
        statuses=_EMPLOYEE,
        phase="R",
        default_on=False,
        max_pages=2,
        view_and_forget=True,
        sensitive=True,
        records=("checked_on",),
        reasons=reasons.DATED,
        label=words("Attestation de droits (assurance maladie)", "Health insurance certificate"),
        help=words(
            "À télécharger sur votre compte ameli. Elle sert à déclarer votre embauche, puis "
            "l’image est détruite.",
            "Download it from your ameli account. It serves to declare that we hire you, then "
            "the image is destroyed.",
        ),
        note=note(
            "Elle porte le numéro de sécurité sociale : la détruire dès qu’il est saisi.",
            "It shows the social security number: destroy it once that is entered.",
            source=("CNIL ; décret 2019-341", "CNIL; décret 2019-341"),
        ),
    ),
    CatalogueDocument(
        key="proof_of_address",
        statuses=_EMPLOYEE,
        phase="R",
        default_on=False,
        max_pages=3,
        validity_days=THREE_MONTHS,
        records=("date",),
        reasons=reasons.DATED,
        label=words("Justificatif de domicile", "Proof of address"),
        help=words(
            "Par exemple une facture d’énergie ou de téléphone de moins de 3 mois. "
            "Elle montre où vous habitez.",
            "For example an energy or telephone bill, less than 3 months old. "
            "It shows where you live.",
        ),
        note=note(
            "L’adresse écrite suffit le plus souvent : à demander seulement si c’est nécessaire.",
            "The typed address is enough most of the time: to be asked only if needed.",
            source=_CNIL,
        ),
    ),
    CatalogueDocument(
        key="driving_licence_copy",
        statuses=_EMPLOYEE,
        phase="R",
        default_on=False,
        max_pages=2,
        validity_days=ONE_YEAR,
        view_and_forget=True,
        sensitive=True,
        records=("number", "date"),
        reasons=reasons.DATED,
        label=words("Permis de conduire", "Driving licence"),
        help=words(
            "Recto verso. Nous vérifions qu’il est valable, une fois par an, puis l’image est "
            "détruite.",
            "Both sides. We check that it is valid, once a year, then the image is destroyed.",
        ),
        note=note(
            "Seulement si le salarié conduit pour son travail ; garder le numéro et la date.",
            "Only if the employee drives for work; keep number and date.",
            source=_CNIL,
        ),
    ),
    CatalogueDocument(
        key="criminal_record_b3",
        phase="R",
        default_on=False,
        max_pages=2,
        validity_days=THREE_MONTHS,
        view_and_forget=True,
        sensitive=True,
        records=("date", "checked_on"),
        reasons=reasons.DATED,
        label=words("Casier judiciaire, bulletin n° 3", "Criminal record, extract no. 3"),
        help=words(
            "Gratuit sur le site casier-judiciaire.justice.gouv.fr, de moins de 3 mois. "
            "Nous le lisons, puis il est détruit.",
            "Free from casier-judiciaire.justice.gouv.fr, less than 3 months old. "
            "We read it, then it is destroyed.",
        ),
        note=note(
            "Seulement si le travail le justifie (par exemple auprès d’enfants) ; le consulter "
            "sans en garder de copie.",
            "Only if the job justifies it (for example with children); look at it and keep no "
            "copy.",
            source=("CNIL ; code de procédure pénale, art. 777", "CNIL; code de procédure pénale"),
        ),
    ),
    CatalogueDocument(
        key="honourability_certificate",
        phase="blocked",
        default_on=False,
        permitted_by=("child_protection", "early_childhood_structure"),
        max_pages=2,
        validity_days=SIX_MONTHS,
        view_and_forget=True,
        sensitive=True,
        records=("security_code", "date", "checked_on"),
        reasons=reasons.DATED,
        label=words("Attestation d’honorabilité", "Certificate of honourability"),
        help=words(
            "À demander sur honorabilite.social.gouv.fr, de moins de 6 mois. La loi l’exige "
            "auprès des enfants ; elle est détruite une fois vérifiée.",
            "Ask for it on honorabilite.social.gouv.fr, less than 6 months old. The law requires "
            "it with children; it is destroyed once checked.",
        ),
        note=note(
            "Réservée à la protection de l’enfance et aux structures de la petite enfance ; la "
            "demander hors de ces cas est une infraction.",
            "Reserved to child protection and early childhood structures; asking for it outside "
            "them is an offence.",
            source=(
                "code de l’action sociale et des familles, L133-6",
                "code de l’action sociale et des familles, L133-6",
            ),
        ),
    ),
)
