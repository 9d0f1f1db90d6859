"""Which representation a caller wants, and in which language.

`?format=` wins, then Accept, then the first offered. Generated texts follow Accept-Language.
"""

from collections.abc import Mapping
from functools import lru_cache

from starlette.requests import Request

from service.domain.errors import Invalid, NotAcceptable, Problem
from service.domain.languages import Language, understood

NDJSON = "application/x-ndjson"
EVENTS = "text/event-stream"
LISTED = {"json": "application/json", "ndjson": NDJSON}
"""How a list may be had."""
LONGEST_ASKED = 200
"""Characters of an Accept-Language that are looked at: what people set has some thirty."""


def chosen(request: Request, offered: Mapping[str, str]) -> str:
    """The format, by its short name. `offered` maps short names to media types, best first.

    Raises `Invalid` for a format that is not offered, `NotAcceptable` where Accept names others
    alone.
    """
    asked = request.query_params.get("format")
    if asked is not None:
        if asked not in offered:
            detail = f"must be one of {', '.join(offered)}"
            raise Invalid([Problem("/query/format", "unknown_format", detail)])
        return asked
    header = ",".join(request.headers.getlist("accept"))
    if not header.strip():
        return next(iter(offered))
    accepted = _accepted(header)
    fits = {name: _quality(media, accepted) for name, media in offered.items()}
    best = max(fits.values())
    if not best:
        raise NotAcceptable(f"There is {' or '.join(offered.values())}.")
    return next(name for name, quality in fits.items() if quality == best)


def takes(request: Request, coding: str) -> bool:
    """Whether the caller can unpack an answer that is packed so, such as `gzip`."""
    accepted = _accepted(request.headers.get("accept-encoding", ""))
    return accepted.get(coding, accepted.get("*", 0.0)) > 0


def language(asked: str | None) -> Language:
    """The language of ours that an Accept-Language (RFC 9110) likes best, by its quality values.

    The first of equals; English for whoever accepts none of ours. `zh-TW` is traditional Chinese,
    `zh-CN` and `zh` simplified.
    """
    return Language.EN if asked is None else _liked(asked[:LONGEST_ASKED])


def in_language(language: str | None) -> Mapping[str, str]:
    """The headers of an answer whose texts follow Accept-Language; None: they are in any."""
    varied = {"Vary": "Accept, Accept-Language, Authorization"}
    return varied if language is None else {**varied, "Content-Language": language}


@lru_cache(maxsize=1024)
def _liked(asked: str) -> Language:
    accepted = _accepted(asked)
    liked: dict[Language, float] = {}
    for tag, quality in accepted.items():
        known = understood(tag)
        if known is not None:
            liked[known] = max(quality, liked.get(known, 0.0))
    for other in Language:
        liked.setdefault(other, accepted.get("*", 0.0))
    best = max(liked, key=lambda one: liked[one])
    return best if liked[best] > 0 else Language.EN


def _accepted(header: str) -> dict[str, float]:
    accepted = {}
    for part in header.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = _number(parameter[2:])
        if media:
            accepted[media] = quality
    return accepted


def _number(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0


def _quality(media: str, accepted: Mapping[str, float]) -> float:
    kind = media.partition("/")[0]
    for pattern in (media, f"{kind}/*", "*/*"):
        if pattern in accepted:
            return accepted[pattern]
    return 0.0
