"""Files of routes that the first request for one of them loads, with all that they stand on.

Three quarters of what this service is made of computes figures, and a process that is asked for
none starts without it. See docs/decisions.
"""

import asyncio
import gc
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from service.api.route import path_within

_LOADING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="loading")
"""One file at a time, which does not wait for figures that are computed meanwhile."""


class Later(BaseRoute):
    """Stands in the router for the routes of one file until they are wanted."""

    def __init__(self, file: str, *paths: str) -> None:
        """Of a path `*` is one segment, and all paths beneath it are meant, too."""
        self.file = file
        each = (re.escape(path).replace(r"\*", "[^/]+") for path in paths)
        self._under = re.compile(f"(?:{'|'.join(each)})(?:/|$)")

    def covers(self, path: str) -> bool:
        """Whether the file may have a route for this path. One too many is only loaded sooner."""
        return self._under.match(path) is not None

    def routes(self) -> list[BaseRoute]:
        """The routes of the file, which is loaded now if it is not yet."""
        found: list[BaseRoute] = import_module(f"service.api.rest.{self.file}").router.routes
        return found

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """For every method, since the file alone knows which there are."""
        return (Match.FULL if self.covers(path_within(scope)) else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the file's routes in this place, beside the event loop, and ask the router again."""
        loaded = await asyncio.get_running_loop().run_in_executor(_LOADING, self.routes)
        router = scope["app"].router
        if self in router.routes:  # of those who waited together, the first is enough
            at = router.routes.index(self)
            router.routes[at : at + 1] = loaded
            # What was loaded stays, as at the start: the collector need not walk through it.
            gc.freeze()
        await router(scope, receive, send)


def every(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """All routes, those of files that nobody has asked for yet among them."""
    for route in routes:
        if isinstance(route, Later):
            yield from route.routes()
        else:
            yield route
