"""Encryption keys: a new one, and everything sealed again by it."""

import sys
from collections.abc import Iterator, Sequence

import click

from actions.rotation import Count, rotate
from commands.serving import opened
from settings import Settings, add_encryption_key
from settings.parsing import encryption_keys
from settings.secrets import KEYS_FILE, new_key
from store.sealing import Keyring


def add_key(settings: Settings) -> None:
    """Make a new first key: in the file of an embedded installation, else to be put in place."""
    if _has_own_file(settings):
        name = add_encryption_key(settings.data_dir)
        click.echo(f"{name} is the first key of {settings.data_dir / KEYS_FILE} now.")
    else:
        known = [name for name, _ in settings.encryption_keys]
        name = next(f"k{n}" for n in range(1, len(known) + 2) if f"k{n}" not in known)
        click.echo("Put this in front of ENCRYPTION_KEYS, with a comma after it, everywhere:")
        click.echo(new_key(name))
    click.echo("Start web and worker again with it; then: antichambre keys rotate")


def _has_own_file(settings: Settings) -> bool:
    """Whether the keys come from the file of DATA_DIR, not from the environment."""
    path = settings.data_dir / KEYS_FILE
    return (
        settings.embedded
        and path.exists()
        and encryption_keys(path.read_text()) == settings.encryption_keys
    )


async def rotate_keys(settings: Settings) -> None:
    """Seal everything by the first key, and say which keys are needed no more."""
    ring = Keyring(dict(settings.encryption_keys))
    async with opened(settings):
        counts = await rotate(ring, _tell)
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    click.echo("\n".join(_said(counts, ring)))
    if any(one.held or one.unreadable for one in counts):
        sys.exit(2)


def _tell(what: str, done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{what}: {done}", nl=False, err=True)


def _said(counts: Sequence[Count], ring: Keyring) -> Iterator[str]:
    for one in counts:
        line = f"{one.what:24}{one.looked_at:>9} looked at{one.resealed:>9} sealed again"
        if one.held:
            line += f"{one.held:>9} in use"
        if one.unreadable:
            line += f"{one.unreadable:>9} cannot be opened ({', '.join(sorted(one.keys))})"
        yield line
    if any(one.held for one in counts):
        yield "Some rows were in use each time: give the command again."
    elif any(one.unreadable for one in counts):
        yield "WARNING: some values need a key that is not in ENCRYPTION_KEYS. Put it back there."
    else:
        older = [name for name in ring.keys if name != ring.first]
        yield f"Everything is sealed by {ring.first}."
        if older:
            yield (
                f"Nothing of the database needs {', '.join(older)} any more. Keep it, away from "
                "this machine, for as long as there are backups from before today."
            )
