"""The answers that a load balancer gives of itself: fixed responses, redirects, error pages.

Bodies and headers are an ALB's to the byte (a redirect's page has the 134 bytes that AWS's has).
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from herogate.local.planes.elb import http1
from herogate.local.planes.elb.table import FixedResponse

_REASONS = {status.value: status.phrase for status in HTTPStatus} | {
    414: "Request-URI Too Large",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
"""HTTP's registry, but for an ALB's own words."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole response of the load balancer's own."""

    status: int
    content_type: str
    body: bytes
    location: str | None = None

    def on_the_wire(self, *, method: str, keep_alive: bool) -> bytes:
        """The response as bytes; to HEAD without its body."""
        headers = [("Server", "awselb/2.0"), ("Date", formatdate(usegmt=True))]
        if self.content_type:
            headers.append(("Content-Type", self.content_type))
        headers.append(("Content-Length", str(len(self.body))))
        headers.append(("Connection", "keep-alive" if keep_alive else "close"))
        if self.location is not None:
            headers.append(("Location", self.location))
        head = http1.head(f"HTTP/1.1 {self.status} {reason(self.status)}", headers)
        return head if method == "HEAD" else head + self.body


def reason(status: int) -> str:
    """The words behind a status in a status line."""
    return _REASONS.get(status, "")


def fixed(response: FixedResponse) -> Page:
    """The page of a fixed-response action."""
    return Page(
        status=response.status,
        content_type=f"{response.content_type}; charset=utf-8",
        body=response.body.encode(),
    )


def redirect(status: int, location: str) -> Page:
    """The page that sends a client elsewhere."""
    plain = error(status)
    return Page(status=status, content_type=plain.content_type, body=plain.body, location=location)


def error(status: int) -> Page:
    """The page with which an ALB says what went wrong."""
    title = f"{status} {reason(status)}".strip()
    lines = [
        "<html>",
        f"<head><title>{title}</title></head>",
        "<body>",
        f"<center><h1>{title}</h1></center>",
        "</body>",
        "</html>",
        "",
    ]
    return Page(status=status, content_type="text/html", body="\r\n".join(lines).encode())
