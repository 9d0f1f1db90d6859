"""The pages that a browser opens, whole and our own: no font, script or picture from elsewhere.

`make pages` builds them from `pages/`; what it made lies beside this file. Assets are kept packed
and sent as they lie on the disk; their names tell their content, so a browser asks once.
"""

import asyncio
import gzip
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from service.api.negotiating import takes

_BUILT = Path(__file__).with_name("built")
_ASSETS = frozenset(path.name.removesuffix(".gz") for path in _BUILT.glob("*.gz"))
_PAGES = {path.stem: path.read_bytes() for path in _BUILT.glob("*.html")}
_MEDIA = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}

# Scripts are files of ours alone. Styles may stand inside: both pages lay out what they show.
_PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
        "style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_ASSET = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


def page(name: str) -> Response:
    """One of the pages, `docs` or `graphiql`."""
    return Response(_PAGES[name], headers=_PAGE, media_type="text/html")


async def asset(request: Request) -> Response:
    """A script, style, font or picture of the pages."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        raise HTTPException(404)
    packed, media = _BUILT / f"{name}.gz", _MEDIA[Path(name).suffix]
    if takes(request, "gzip"):
        headers = _ASSET | {"Content-Encoding": "gzip"}
        return FileResponse(packed, headers=headers, media_type=media)
    plain = await asyncio.to_thread(_unpacked, packed)
    return Response(plain, headers=_ASSET, media_type=media)


def _unpacked(file: Path) -> bytes:
    return gzip.decompress(file.read_bytes())
