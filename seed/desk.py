"""What operators do in the panel."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from actions import admissions, comments, decisions, replies, reviews
from actions.decisions import Verdict
from actions.deeds import Actor
from actions.reviews import Judged
from models.reads.dossier import dossier as read_dossier
from models.tables import Candidate, Provider
from rules.dossier import Dossier
from rules.reviews import mark
from rules.vocabulary import Outcome
from seed.applicants import Applicant
from seed.stage import Stage

DELAY = timedelta(minutes=5)


NOTED = {
    "vigilance_certificate": {"security_code": "SPECIMEN-4F7K2"},
    "identity_document": {
        "holder": "",
        "type": "Carte nationale d’identité",
        "number": "SPECIMEN880",
    },
}
"""What the operator writes down of some documents."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One operator of one provider."""

    stage: Stage
    provider_id: str
    actor: Actor

    async def _dossier(self, about: Applicant) -> Dossier:
        candidate = await Candidate.get(id=about.id)
        return await read_dossier(candidate, await Provider.get(id=self.provider_id))

    async def _judged(self, about: Applicant, key: str) -> Judged:
        sent = (await self._dossier(about)).documents.get(key)
        return Judged(
            provider_id=self.provider_id, candidate_id=about.id, key=key, seen=mark(sent)
        )

    async def validate(self, about: Applicant, *keys: str) -> None:
        """Validate these documents; all that wait when none is named."""
        dossier = await self._dossier(about)
        waiting = [key for key, sent in dossier.documents.items() if sent.state == "to_review"]
        for key in keys or waiting:
            rule = dossier.rule(key)
            ends = self._expiry(key) if getattr(rule, "asks_expiry", False) else None
            judged = await self._judged(about, key)
            await reviews.validate(
                judged, self.actor, self.stage.now, expires_on=ends, noted=NOTED.get(key)
            )
            await self.stage.time.wait(minutes=1)

    def _expiry(self, key: str) -> date:
        days = {"sap_declaration": 1500, "training_certificate": 640}.get(key, 340)
        return (self.stage.now + timedelta(days=days)).date()

    async def reject(self, about: Applicant, key: str, reason: str, words: str = "") -> None:
        """Reject a document for one of the provider's reasons."""
        judged = await self._judged(about, key)
        await reviews.reject(
            judged, self.actor, self.stage.now, reason_key=reason or None, reason=words
        )
        await self.stage.time.wait(minutes=2)

    async def comment(self, about: Applicant, key: str, text: str) -> None:
        """A note for colleagues, on a document."""
        await comments.add(
            about.id, key, text, self.actor, self.stage.now, provider_id=self.provider_id
        )

    async def reply(self, about: Applicant, text: str) -> None:
        """Write to the applicant; it leaves at once."""
        await replies.send(
            about.id, text, self.actor, self.stage.now, provider_id=self.provider_id
        )
        await self.stage.deliver()

    async def mark_answered(self, about: Applicant) -> None:
        """No reply is needed."""
        await replies.mark_answered(
            about.id, self.actor, self.stage.now, provider_id=self.provider_id
        )

    async def keep(self, about: Applicant, days: int) -> None:
        """Keep somebody some days more."""
        await replies.keep(
            about.id, days, self.actor, self.stage.now, provider_id=self.provider_id
        )

    async def no_longer_works(self, about: Applicant) -> None:
        """Their admission ends; the mail leaves minutes later."""
        await admissions.end_admission(
            about.id, self.actor, self.stage.now, provider_id=self.provider_id, delay=DELAY
        )
        await self.stage.time.wait(minutes=5)
        await self.stage.deliver()

    async def decide(
        self, about: Applicant, outcome: Outcome, comment: str = "", **more: Any
    ) -> None:
        """Decide, and let it become final."""
        await self.decide_and_wait(about, outcome, comment, **more)
        await self.stage.time.wait(minutes=5)
        await self.stage.become_final()

    async def decide_and_wait(
        self,
        about: Applicant,
        outcome: Outcome,
        comment: str = "",
        *,
        reason: str = "",
        delay: timedelta = DELAY,
    ) -> None:
        """Decide; it becomes final by itself, later."""
        verdict = Verdict(outcome=outcome, comment=comment, reason=reason)
        await decisions.decide(
            about.id,
            verdict,
            self.actor,
            self.stage.now,
            provider_id=self.provider_id,
            delay=delay,
        )
