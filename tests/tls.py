"""What a server on this machine shows of itself before anything is asked of it."""

from __future__ import annotations

import socket
import ssl


def presented_certificate(port: int, name: str) -> bytes:
    """The certificate that a client asking for `name` is presented with, in DER."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        presented = secure.getpeercert(binary_form=True)
    assert presented
    return presented
