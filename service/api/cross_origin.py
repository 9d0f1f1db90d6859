"""Pages of other origins: those that the settings name may call, whatever they call.

Calls of the tracking protocol may come from any page, and answer for themselves.
"""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.tracking import is_tracked
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
    """Tells browsers that they may, where the origin is named; else nothing is said."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.origins = frozenset(settings.cors_origins)
        self.allowed = CORSMiddleware(
            app,
            allow_origins=self.origins,
            allow_methods=_METHODS,
            allow_headers=_SENT,
            expose_headers=_READ,
            max_age=_LASTS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering: ASGIApp = self.app
        if scope["type"] == "http" and Headers(scope=scope).get("origin") in self.origins:
            answering = self.app if is_tracked(scope["path"]) else self.allowed
        await answering(scope, receive, send)
