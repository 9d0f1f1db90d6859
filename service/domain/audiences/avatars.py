"""A persona's face: an untrusted file in, a small WebP picture without metadata out.

The file is walked here first, by its container's own structure: its size in pixels is known and
judged before any decoder allocates a canvas, and for PNG and JPEG the decoder is handed only the
parts that hold pixels. Text, profiles, EXIF, embedded pictures and whatever is appended to the
file therefore never reach Pillow's parsers, let alone the result.

Structures: PNG (W3C, third edition, §5 and §11), JPEG (ITU-T T.81, annex B), WebP (RFC 9649),
EXIF orientation (CIPA DC-008, tag 0x0112).
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from service.domain.errors import Invalid, Problem, TooLarge, UnsupportedMedia

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 4_000_000
MIN_SIDE, MAX_SIDE = 16, 4096
PORTRAIT_SIDE = 512
QUALITY = 85
# A progressive JPEG has about ten scans. Each may be a few bytes long and still costs a pass over
# the whole picture, so their number is what bounds the time.
MAX_SCANS = 64

_JPEG_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_EXIF, _JPEG_SCAN, _JPEG_END = 0xE1, 0xDA, 0xD9
# JFIF (APP0) and Adobe (APP14) say how colours are coded; other application segments and comments
# (0xFE) are metadata.
_JPEG_METADATA = (frozenset(range(0xE0, 0xF0)) | {0xFE}) - {0xE0, 0xEE}
_PNG_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture ready to be stored and served: sides in pixels, `sha256` of `data` in hex."""

    media_type: str
    data: bytes
    width: int
    height: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Source:
    """What a file says of itself (sides in pixels, its EXIF block) and what is to be decoded."""

    pillow_format: str
    width: int
    height: int
    exif: bytes
    pixels: bytes


def portrait(data: bytes) -> Portrait:
    """Turn an uploaded PNG, JPEG or WebP file into a WebP portrait of at most 512 x 512 pixels.

    The kind is read from the bytes alone; what the caller declared does not matter. The picture is
    turned upright by its EXIF orientation, keeps its aspect and transparency, is never enlarged,
    and loses all metadata, colour profiles included (its numbers are taken as sRGB). Animations
    are refused, not cut down to a frame that nobody chose; of several pictures in one JPEG file
    (phones add depth and gain maps) the first is the picture.

    CPU work of mostly under 0.2 s, at worst one second, and 60 MB while it lasts: call it in a
    thread, never on the event loop, and few at a time.

    Raises `TooLarge` (over 2 MiB), `UnsupportedMedia` (no PNG, JPEG or WebP), or `Invalid` at the
    whole body with the codes `side_out_of_range` (sides are 16 to 4096 pixels), `too_many_pixels`
    (over 4 megapixels), `too_many_scans` (a JPEG with over 64), `animated_image`, or
    `unreadable_image` (truncated or damaged).
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"An avatar is at most {MAX_BYTES} bytes; this is {len(data)}.")
    source = _inspect(data)
    if problems := _out_of_bounds(source.width, source.height):
        raise Invalid(problems)
    return _encode(source)


def _inspect(data: bytes) -> _Source:
    read = _reader(data)
    try:
        return read(data)
    except struct.error as cut_short:
        raise _unreadable() from cut_short


def _reader(data: bytes) -> Callable[[bytes], _Source]:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp
    raise UnsupportedMedia("An avatar is a PNG, JPEG or WebP picture; this file is none of them.")


def _png(data: bytes) -> _Source:
    name, width, height = struct.unpack_from(">4sII", data, 12)
    if name != b"IHDR":
        raise _unreadable()
    kept, exif, at = [data[:8]], b"", 8
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise _unreadable()
        if name == b"acTL":
            raise _animated()
        if name == b"eXIf":
            exif = data[at + 8 : end - 4]
        if name in _PNG_PIXELS:
            kept.append(data[at:end])
        at = end
    return _Source("PNG", width, height, exif, b"".join(kept))


def _jpeg(data: bytes) -> _Source:
    kept, exif, at = [data[:2]], b"", 2
    width = height = scans = 0
    while (marker := _JPEG_MARKER.search(data, at)) and (kind := marker[1][0]) != _JPEG_END:
        body = marker.end() + 2
        end = body + struct.unpack_from(">H", data, body - 2)[0] - 2
        if kind in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, body + 1)
        elif kind == _JPEG_EXIF and not exif and data.startswith(b"Exif\0\0", body):
            exif = data[body:end]
        scans += kind == _JPEG_SCAN
        kept.append(data[at : marker.start() if kind in _JPEG_METADATA else end])
        at = max(end, body)
    # Without an end marker the file is cut short; the decoder would paint the rest grey.
    if marker is None:
        raise _unreadable()
    if scans > MAX_SCANS:
        raise _refused("too_many_scans", f"A JPEG file has at most {MAX_SCANS} scans.")
    kept.append(data[at : marker.end()])
    return _Source("JPEG", width, height, exif, b"".join(kept))


def _webp(data: bytes) -> _Source:
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    width, height = _webp_sides(data)
    exif, at = b"", 12
    while at < min(end, len(data)):
        name, length = struct.unpack_from("<4sI", data, at)
        if name in (b"ANIM", b"ANMF"):
            raise _animated()
        if name == b"EXIF":
            exif = data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    return _Source("WEBP", width, height, exif, data[:end])


def _webp_sides(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8X":  # two 24-bit numbers, each less one
            low, high = struct.unpack_from("<IH", data, 24)
            return (low & 0xFFFFFF) + 1, (low >> 24 | high << 8) + 1
        case b"VP8L":  # two 14-bit numbers, each less one
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":  # two 14-bit numbers, each below a 2-bit scale
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case _:
            raise _unreadable()


def _out_of_bounds(width: int, height: int) -> list[Problem]:
    problems = []
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in (width, height)):
        sides = f"Each side is {MIN_SIDE} to {MAX_SIDE} pixels; this is {width} x {height}."
        problems.append(Problem("", "side_out_of_range", sides))
    if width * height > MAX_PIXELS:
        pixels = f"A picture has at most {MAX_PIXELS} pixels; this has {width * height}."
        problems.append(Problem("", "too_many_pixels", pixels))
    return problems


def _encode(source: _Source) -> Portrait:
    # Imported here: Pillow costs 0.1 s and 10 MB, which only a process that is sent an avatar
    # should pay. Naming the WebP plugin keeps Pillow from loading all forty of its plugins.
    from PIL import Image, WebPImagePlugin  # noqa: F401

    out = BytesIO()
    try:
        with Image.open(BytesIO(source.pixels), formats=[source.pillow_format]) as opened:
            if opened.size != (source.width, source.height):
                raise ValueError("the decoder reads another size than the header")
            picture = _upright(_small(opened), _orientation(source.exif))
            picture.save(out, "WEBP", quality=QUALITY)
    except MemoryError:
        raise
    except Exception as damage:  # Pillow lets a dozen kinds through; all are facts about the file
        raise _unreadable() from damage
    data = out.getvalue()
    return Portrait("image/webp", data, *picture.size, sha256(data).hexdigest())


def _small(picture: "Picture") -> "Picture":
    if picture.mode == "I;16":  # 16-bit grey: Pillow's own conversion clips instead of scaling
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
        picture.info.pop("transparency", None)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode != mode:
        picture = picture.convert(mode)
    picture.thumbnail((PORTRAIT_SIDE, PORTRAIT_SIDE))
    return picture


def _upright(picture: "Picture", orientation: int) -> "Picture":
    from PIL.Image import Transpose

    turn = _UPRIGHT.get(orientation)
    return picture.transpose(Transpose[turn]) if turn else picture


def _orientation(exif: bytes) -> int:
    """The orientation 1 to 8 in an EXIF block; 1 (as it is) where it says nothing readable."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        for entry in range(at + 2, at + 2 + 12 * entries, 12):
            tag, value = struct.unpack_from(f"{order}H6xH", tiff, entry)
            if tag == 0x0112:
                return int(value)
    except struct.error:
        pass
    return 1


def _refused(code: str, detail: str) -> Invalid:
    return Invalid([Problem("", code, detail)])


def _animated() -> Invalid:
    return _refused("animated_image", "An avatar is a still picture, not an animation.")


def _unreadable() -> Invalid:
    return _refused("unreadable_image", "The picture is truncated or damaged.")
