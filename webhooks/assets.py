"""The files of static/: read once, each with an address that changes with its content."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, with a piece of its SHA-256."""

    body: bytes
    content_type: str
    digest: str


class Assets:
    """All files of static/, by the path below it."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._files = {
            str(path.relative_to(folder)): self._read(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in TYPES
        }

    @staticmethod
    def _read(path: Path) -> Asset:
        body = path.read_bytes()
        return Asset(body, TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:12])

    def url(self, name: str) -> str:
        """The address of a file, which changes when the file does."""
        return f"/static/{self._files[name].digest}/{name}"

    def find(self, digest: str, name: str) -> Asset | None:
        """The file of this name, when its content still is the one asked for."""
        asset = self._files.get(name)
        return asset if asset and asset.digest == digest else None
