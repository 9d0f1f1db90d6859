"""Bodies as they were before they were compressed, counted while they grow."""

import zlib
from collections.abc import AsyncGenerator, Iterator

from starlette.requests import Request

from service.domain.errors import Malformed, TooLarge, UnsupportedMedia

_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
PIECE = 256 * 1024
"""Bytes that are inflated at once."""


async def inflated(request: Request, most: int) -> AsyncGenerator[bytes]:
    """The body in pieces, inflated where it is gzip.

    Raises `TooLarge` beyond `most` bytes of either form, `Malformed` for broken gzip,
    `UnsupportedMedia` for another encoding.
    """
    encoding = (request.headers.get("content-encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise UnsupportedMedia("Content-Encoding is gzip, or none.")
    inflating = _Inflating(most) if encoding != "identity" else None
    taken = 0
    async for chunk in request.stream():
        if not taken and inflating is None and chunk.startswith(_MAGIC):
            inflating = _Inflating(most)
        taken += len(chunk)
        if taken > most:
            raise _too_large(most)
        if inflating is None:
            yield chunk
            continue
        for piece in inflating.pieces(chunk):
            yield piece
    if inflating is not None and taken:
        inflating.end()


class _Inflating:
    def __init__(self, most: int) -> None:
        self._stream = zlib.decompressobj(_GZIP)
        self._most = most
        self._made = 0

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What a piece of gzip becomes, one after the other. Raises `Malformed` or `TooLarge`."""
        while chunk:
            try:
                piece = self._stream.decompress(chunk, PIECE)
            except zlib.error as error:
                raise Malformed("The body is no gzip.") from error
            self._made += len(piece)
            if self._made > self._most:
                raise _too_large(self._most)
            if self._stream.unused_data:
                raise Malformed("The body holds more than one gzip.")
            yield piece
            chunk = self._stream.unconsumed_tail

    def end(self) -> None:
        """Raises `Malformed` for a body that was cut off."""
        if not self._stream.eof:
            raise Malformed("The gzip of the body is cut off.")


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"A body is at most {most} bytes, inflated.")
