"""Certificates of the router's own making for HTTPS listeners.

ACM gives nobody a private key, so what a listener presents is signed by itself, for the names of
the certificate declared. A client has to accept it (``curl -k``); a key lives as long as its port
is open, in memory.
"""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from herogate.local.planes.elb.table import Certificate

_COMMON_NAME_LIMIT = 64
_VALIDITY = timedelta(days=365)


def server_context(certificates: Sequence[Certificate]) -> ssl.SSLContext:
    """A server's TLS set-up that answers each name with its certificate, others with the first."""
    contexts = [(certificate, _context(certificate.names)) for certificate in certificates]
    default = contexts[0][1]

    def choose(connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: object) -> None:
        for certificate, context in contexts:
            if name is not None and certificate.covers(name):
                connection.context = context
                return

    default.sni_callback = choose
    return default


@cache
def client_context() -> ssl.SSLContext:
    """How a load balancer speaks TLS with its targets: it does not verify their certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _context(names: Sequence[str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    with tempfile.TemporaryDirectory() as folder:  # ssl loads certificates from files only
        path = Path(folder) / "certificate.pem"
        path.write_bytes(_self_signed(names))
        context.load_cert_chain(path)
    return context


def _self_signed(names: Sequence[str]) -> bytes:
    """A key and a certificate for these names in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:_COMMON_NAME_LIMIT])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALIDITY)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
