"""Which representation a caller wants: `?format=` wins, then Accept, then the first offered."""

from collections.abc import Mapping

from starlette.requests import Request

from service.domain.errors import Invalid, NotAcceptable, Problem

NDJSON = "application/x-ndjson"
EVENTS = "text/event-stream"
LISTED = {"json": "application/json", "ndjson": NDJSON}
"""How a list may be had."""


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
