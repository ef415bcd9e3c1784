"""What is sent back for one HTTP request, before WSGI sees it."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple


class Answer(NamedTuple):
    """Status code, header fields without Content-Length, and body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def status_line(self) -> str:
        """``404`` → ``404 Not Found``."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"


def page(html: str, status: int = 200) -> Answer:
    """An HTML page that may load nothing and run nothing."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    fields = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return Answer(status, fields, html.encode())
