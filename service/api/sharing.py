"""A link as both faces tell it: whole, by the address that this request came to."""

from typing import NamedTuple

import msgspec
from starlette.requests import Request

from service.domain.insights import Shared


class SharedAt(NamedTuple):
    """The whole link, and the answer that tells it, as JSON."""

    url: str
    json: bytes


def shared_at(request: Request, shared: Shared) -> SharedAt:
    """What a link is called from outside."""
    url = f"{str(request.base_url).rstrip('/')}{shared.path}"
    return SharedAt(url, msgspec.json.encode({"url": url, "expires_at": shared.expires_at}))
