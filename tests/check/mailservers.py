"""Mail servers that want a password, or show a certificate that nobody trusts."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers import Mailbox, free_port

USER, PASSWORD = "post", "right-password"


@contextmanager
def smtp(**options: Any) -> Iterator[Mailbox]:
    """A mail server with options of aiosmtpd's SMTP."""
    mailbox = Mailbox(free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, **options)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def with_login() -> dict[str, Any]:
    """One user, one password, also without TLS."""

    def known(_server: Any, _session: Any, _envelope: Any, _how: str, said: Any) -> AuthResult:
        right = isinstance(said, LoginPassword) and said.password == PASSWORD.encode()
        return AuthResult(success=right, handled=False)

    return {"authenticator": known, "auth_require_tls": False, "auth_required": True}


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A server's certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "own.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context
