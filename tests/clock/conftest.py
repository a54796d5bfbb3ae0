"""What the tests of the deletion clock share."""

from __future__ import annotations

import pytest

from store import sealing


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> sealing.Keyring:
    """The installation's keys."""
    ring = sealing.Keyring({"k1": bytes(range(32))})
    monkeypatch.setattr(sealing, "_keyring", ring)
    return ring
