"""The second factor: a code of six digits that changes every 30 seconds (TOTP, RFC 6238).

The secret is kept sealed. A code works once; the one before and the one after the present one
are taken too, for clocks that differ. Ten recovery codes stand in for a lost phone.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

import pyotp

from actions.provider_journal import record
from actions.tokens import digest
from models.database import rows, transaction
from models.reads.desks import open_memberships
from models.tables import Operator, RecoveryCode
from rules.errors import Refusal
from rules.history import ProviderEventKind
from store.sealing import CannotOpen, keyring

ISSUER = "Antichambre"
STEP = 30
"""Seconds (RFC 6238)."""
DRIFT = (0, -1, 1)
"""Steps around the present one whose code is right, too (RFC 6238, 5.2)."""
CODES = 10
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes: without what looks alike."""
GROUPS, GROUP = 4, 4
"""16 signs: 79 bits, too many to guess, so a plain SHA-256 is enough to keep."""


class WrongCode(Refusal):
    """Neither the present code nor an unused recovery code."""

    sentence = "This code is not right, or was used already. Wait for the next one and try again."


class AlreadyOn(Refusal):
    """Switching on what is on."""

    sentence = "Signing in with a code is already on."


class NotOn(Refusal):
    """Changing what is off."""

    sentence = "Signing in with a code is not on."


class SetUpAgain(Refusal):
    """The form's secret cannot be read: changed, or another person's."""

    sentence = "This page is too old. Scan the code that it shows now."


@dataclass(frozen=True, slots=True)
class Setup:
    """A secret that is not in use yet, as its form carries it."""

    secret: str = field(repr=False)
    """Base32, as apps want it."""
    sealed: str
    """The same, for this operator's form only."""
    address: str = field(repr=False)
    """`otpauth://…`, for the QR code."""

    @property
    def grouped(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


def new_setup(operator: Operator) -> Setup:
    """A fresh secret."""
    return _setup(operator, pyotp.random_base32())


def same_setup(operator: Operator, sealed: str) -> Setup:
    """The secret that the form was drawn with.

    Raises:
        SetUpAgain.
    """
    try:
        return _setup(operator, keyring().open_text(sealed, f"totp setup {operator.id}"))
    except CannotOpen:
        raise SetUpAgain from None


def _setup(operator: Operator, secret: str) -> Setup:
    return Setup(
        secret,
        keyring().seal_text(secret, f"totp setup {operator.id}"),
        pyotp.TOTP(secret).provisioning_uri(name=operator.email, issuer_name=ISSUER),
    )


async def turn_on(operator: Operator, setup: Setup, code: str, now: datetime) -> list[str]:
    """Ask for a code from now on; returns the recovery codes, shown only here.

    Raises:
        WrongCode, AlreadyOn.
    """
    step = _step_of(setup.secret, _digits(code), now)
    if step is None:
        raise WrongCode
    sealed = keyring().seal_text(setup.secret, sealing_purpose(operator.id))
    async with transaction():
        mine = Operator.filter(id=operator.id, totp_secret=None)
        if not await mine.update(totp_secret=sealed, totp_last_used=step):
            raise AlreadyOn
        codes = await _new_codes(operator.id)
        await note_everywhere(ProviderEventKind.SECOND_FACTOR_ON, operator, now)
    return codes


async def turn_off(operator: Operator, code: str, now: datetime) -> None:
    """Ask for no code any more; whoever asks knows the password and has a code.

    Raises:
        NotOn, WrongCode.
    """
    async with transaction():
        await prove(operator, code, now)
        await _forget(operator.id)
        await note_everywhere(ProviderEventKind.SECOND_FACTOR_OFF, operator, now)


async def renew_codes(operator: Operator, code: str, now: datetime) -> list[str]:
    """Ten new recovery codes, shown only here; the old ones are dead.

    Raises:
        NotOn, WrongCode.
    """
    async with transaction():
        await prove(operator, code, now)
        codes = await _new_codes(operator.id)
        await note_everywhere(ProviderEventKind.RECOVERY_CODES_RENEWED, operator, now)
    return codes


async def reset(operator: Operator, now: datetime) -> bool:
    """From the command line: the phone and the recovery codes are lost. False: it was off."""
    async with transaction():
        was_on = await Operator.exists(id=operator.id, totp_secret__isnull=False)
        await _forget(operator.id)
        if was_on:
            await note_everywhere(
                ProviderEventKind.SECOND_FACTOR_OFF, operator, now, themselves=False
            )
    return was_on


async def prove(operator: Operator, code: str, now: datetime) -> None:
    """Use up the present code, or a recovery code.

    Raises:
        NotOn, WrongCode.
    """
    if not operator.totp_secret:
        raise NotOn
    secret = keyring().open_text(operator.totp_secret, sealing_purpose(operator.id))
    step = _step_of(secret, _digits(code), now)
    if step is not None and await _use_step(operator.id, step):
        return
    if not await _use_recovery_code(operator.id, code, now):
        raise WrongCode
    await note_everywhere(ProviderEventKind.RECOVERY_CODE_USED, operator, now)


async def note_everywhere(
    kind: ProviderEventKind, operator: Operator, now: datetime, *, themselves: bool = True
) -> None:
    """A line in the journal of each provider at which the operator works.

    themselves: False when whoever runs the installation did it to them.
    """
    for member in await open_memberships(operator.id):
        if themselves:
            await record(member.provider_id, kind, operator.id, operator.name, now)
        else:
            about = {"name": operator.name}
            await record(member.provider_id, kind, None, "", now, subject=operator.id, after=about)


async def _use_step(operator_id: str, step: int) -> bool:
    """No code twice, not even at the same moment: the number of its step only grows."""
    used = await rows(
        "UPDATE operator SET totp_last_used = ? WHERE id = ? AND totp_secret IS NOT NULL "
        "AND (totp_last_used IS NULL OR totp_last_used < ?) RETURNING id",
        step,
        operator_id,
        step,
    )
    return bool(used)


async def _use_recovery_code(operator_id: str, code: str, now: datetime) -> bool:
    used = await rows(
        "UPDATE recovery_code SET used_at = ? WHERE operator_id = ? AND digest = ? "
        "AND used_at IS NULL RETURNING id",
        now,
        operator_id,
        digest(_plain(code)),
    )
    return bool(used)


async def _new_codes(operator_id: str) -> list[str]:
    await RecoveryCode.filter(operator_id=operator_id).delete()
    codes = [_random_code() for _ in range(CODES)]
    await RecoveryCode.bulk_create(
        RecoveryCode(operator_id=operator_id, digest=digest(_plain(code))) for code in codes
    )
    return codes


async def _forget(operator_id: str) -> None:
    await Operator.filter(id=operator_id).update(totp_secret=None, totp_last_used=None)
    await RecoveryCode.filter(operator_id=operator_id).delete()


def _random_code() -> str:
    groups = ("".join(secrets.choice(SIGNS) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def _plain(code: str) -> str:
    """A recovery code as it is kept: however it was typed."""
    return "".join(sign for sign in code.lower() if sign in SIGNS)


def _digits(code: str) -> str:
    return "".join(code.split())[:20]


def sealing_purpose(operator_id: str) -> str:
    """A sealed secret opens for its own operator only."""
    return f"totp {operator_id}"


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is; None: it is none."""
    totp, present = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    for drift in DRIFT:
        right = totp.generate_otp(present + drift)
        if secrets.compare_digest(right.encode(), code.encode()):
            return present + drift
    return None
