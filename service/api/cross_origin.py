"""Pages of other origins: those that the settings name may call, whatever they call.

Calls of the tracking protocol may come from any page, and answer for themselves.
"""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.tracking import is_tracked
from service.domain.errors import Malformed
from service.settings import Settings

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SENT = ("*",)
"""Headers that may be sent: an origin that is named may send any."""
_READ = (
    *("etag", "location", "retry-after", "ratelimit", "ratelimit-policy", "x-request-id"),
    "content-disposition",
)
"""Headers of an answer that a page may read."""
_LASTS = 7200


class CrossOrigin:
    """Tells browsers that they may, where the origin is named; else only that it would matter.

    To stand within `Surroundings`: what is told stands on every answer, a refusal too.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.origins = frozenset(settings.cors_origins)
        self.allowed = CORSMiddleware(
            app,
            allow_origins=self.origins,
            allow_methods=_METHODS,
            allow_headers=_SENT,
            max_age=_LASTS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = self.app
        if scope["type"] == "http" and not is_tracked(scope["path"]):
            headers = Headers(scope=scope)
            named = headers.get("origin", "") in self.origins
            asks_before = "access-control-request-method" in headers
            if named and scope["method"] == "OPTIONS" and asks_before:
                answering = self._told_before(headers)
            else:
                scope["answer_headers"] += _told(headers["origin"] if named else None)
        await answering(scope, receive, send)

    def _told_before(self, headers: Headers) -> ASGIApp:
        """What a page may send. Raises `Malformed` for what none may."""
        answer = self.allowed.preflight_response(headers)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise Malformed(f"No page may send this: {bytes(answer.body).decode()}.")
        return answer


def _told(origin: str | None) -> list[tuple[bytes, bytes]]:
    """Headers of an answer, to a page of an origin that is named."""
    told = [(b"vary", b"Origin")]
    if origin is not None:
        told.append((b"access-control-allow-origin", origin.encode("latin-1")))
        told.append((b"access-control-expose-headers", ", ".join(_READ).encode()))
    return told
