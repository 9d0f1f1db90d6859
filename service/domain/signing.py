"""Signed links: what opens in a browser, which sends no key.

A link opens one path of one workspace in one format, for reading, until it expires. The signature
is an HMAC-SHA256 over path, format, workspace and expiry, so none of them can be changed: who was
given a picture does not get all that was written. Whoever holds the link can open it, hence the
expiry. Logs keep the route, never the query.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

PARAMETERS = ("format", "workspace", "expires", "signature")
"""The query parameters of a signed link."""

LASTS, LONGEST = timedelta(days=7), timedelta(days=90)
"""A link cannot be taken back but with the signing key, so none lasts for long."""

SHORTEST_SECRET = 16
"""Characters. A shorter secret signs nothing: it could be guessed from one link."""


def too_short(secret: str) -> str | None:
    """Why a secret must not sign; None for one that may, and for none at all."""
    if not secret or len(secret) >= SHORTEST_SECRET:
        return None
    return f"It has fewer than {SHORTEST_SECRET} characters, so it could be guessed."


def pepper(secret: str) -> bytes:
    """What hashes of erased identifiers are keyed with: 32 bytes made of a secret, none of none.

    One way: whoever knows it cannot sign. A short secret makes none, for it could be guessed.
    """
    if len(secret) < SHORTEST_SECRET:
        return b""
    return hmac.digest(secret.encode(), b"waypost: erased identifiers", "sha256")


def sign(path: str, form: str, workspace_id: UUID, expires_at: datetime, secret: str) -> str:
    """The query string that makes `path` as `form` a link valid until `expires_at` (whole seconds).

    Raises `ValueError` for a secret shorter than 16 characters.
    """
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"a signing key has at least {SHORTEST_SECRET} characters")
    expires = str(int(expires_at.timestamp()))
    signed = (form, workspace_id.hex, expires)
    signature = _signature((path, *signed), secret)
    return urlencode(dict(zip(PARAMETERS, (*signed, signature), strict=True)))


class Link(NamedTuple):
    """What a link that was signed here opens, and until when."""

    workspace_id: UUID
    expires_at: datetime

    def opens(self, now: datetime) -> bool:
        """Whether it still opens; not at the moment it expires."""
        return now < self.expires_at


def read(path: str, query: Mapping[str, str], secret: str) -> Link | None:
    """The link that a query makes of `path`, expired or not; None: altered, or signed elsewhere."""
    form, workspace, expires, signature = (query.get(name, "") for name in PARAMETERS)
    if len(secret) < SHORTEST_SECRET:
        return None
    # Checked before anything that was given is read.
    wanted = _signature((path, form, workspace, expires), secret)
    if not hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "surrogatepass")):
        return None
    return Link(UUID(workspace), datetime.fromtimestamp(int(expires), UTC))


def _signature(signed: Sequence[str], secret: str) -> str:
    # Lengths first, so that no part can run over into the next.
    parts = [part.encode("utf-8", "surrogatepass") for part in signed]
    message = b"".join(len(part).to_bytes(4) + part for part in parts)
    digest = hmac.digest(secret.encode(), message, "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
