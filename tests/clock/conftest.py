"""What the tests of the deletion clock share."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import database as ours
from store import sealing
from store.room import Room, use_room


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> sealing.Keyring:
    """The installation's keys."""
    ring = sealing.Keyring({"k1": bytes(range(32))})
    monkeypatch.setattr(sealing, "_keyring", ring)
    return ring


@pytest.fixture
def store(tmp_path: Path, keys: sealing.Keyring) -> Room:
    """The file room of this process."""
    made = Room(f"file://{tmp_path}/store", keys, ours.refuse_inside_transaction)
    use_room(made)
    return made
