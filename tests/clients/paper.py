"""What stands on each page of a PDF that Chromium prints: its text, as far as fonts tell it."""

import base64
import re
import zlib
from collections.abc import Iterator, Mapping
from unicodedata import normalize

from tests.clients import browser

_OBJECT = re.compile(rb"(?<!\d)(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)endstream", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>(?=[^<>]*T[jJ]|[^>]*\]\s*TJ)")
_RANGE = re.compile(rb"<(\w+)> <(\w+)> <(\w+)>")
_SINGLE = re.compile(rb"<(\w+)> <(\w+)>")


def printed(page: browser.Page) -> bytes:
    """What is open, on paper of the size that it asks for."""
    answer = page.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    return base64.b64decode(answer["data"])


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without any space and ligature."""
    held = dict(_OBJECT.findall(pdf))
    drawn = [body for body in held.values() if re.search(rb"/Type /Page\b", body)]
    return [normalize("NFKC", "".join(_texts(body, held))) for body in drawn]


def _texts(page: bytes, held: Mapping[bytes, bytes]) -> Iterator[str]:
    fonts = {name: _letters(held[at], held) for name, at in re.findall(rb"/(F\d+) (\d+) 0 R", page)}
    (contents,) = re.findall(rb"/Contents (\d+) 0 R", page)
    letters: Mapping[int, str] = {}
    for font, glyphs in _SHOWN.findall(_stream(held[contents])):
        letters = fonts[font] if font else letters
        codes = (int(glyphs[at : at + 4], 16) for at in range(0, len(glyphs), 4))
        yield "".join(letters.get(code, "") for code in codes).replace(" ", "")


def _letters(font: bytes, held: Mapping[bytes, bytes]) -> dict[int, str]:
    """What a font's glyphs stand for."""
    told = re.search(rb"/ToUnicode (\d+) 0 R", font)
    found: dict[int, str] = {}
    if told is None:
        return found
    table = _stream(held[told[1]])
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in _RANGE.findall(block):
            start, letter = int(first, 16), int(text, 16)
            found |= {code: chr(letter + code - start) for code in range(start, int(last, 16) + 1)}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in _SINGLE.findall(block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return found


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found
    return zlib.decompressobj().decompress(found[1]) if b"/FlateDecode" in body else found[1]
