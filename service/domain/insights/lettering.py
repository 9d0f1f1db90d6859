"""Text in pictures: any script made fit for XML and for a given width, without any font at hand.

Widths are in em, estimated from the kind of character, a little on the wide side. Text is cut
between what readers see as characters: marks, emoji sequences and flags stay whole.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from service.domain.characters import fit, unturned

FONTS = (
    "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans','Noto Sans CJK SC',"
    "'WenQuanYi Micro Hei','DejaVu Sans',sans-serif"
)
"""The families a picture asks for, in this order: whatever the reader's machine has."""

_JOINER, _EMOJI_STYLE = "\u200d", "\ufe0f"
_ELLIPSIS = "…"
_WIDEST = 1.3
_THIN = frozenset(" !'(),-./:;I[]`fijlrt{|}·")
_BROAD = frozenset("mwMW@%—…")
_ROW_CODE_POINTS = 8  # per em; a row of more is nearly all marks


def legible(text: str) -> str:
    """The text on one line, without the characters that XML cannot carry or that turn others."""
    if text.isprintable():
        return text
    return " ".join(unturned(fit(text)).split())


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left (Unicode UAX 9, P2)."""
    if text.isascii():
        return False
    kinds = map(unicodedata.bidirectional, text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def width(text: str) -> float:
    """The estimated width of a text, in em."""
    return sum(_ems(_characters(text)))


def shortened(text: str, limit: float) -> str:
    """The text, or as much of its start as fits into `limit` em with an ellipsis."""
    if len(text) * _WIDEST <= limit:
        return text
    characters = _characters(_bounded(text, limit))
    reached = list(accumulate(_ems(characters)))
    if reached[-1] <= limit:
        return "".join(characters)
    fitting = bisect_right(reached, limit - _em(_ELLIPSIS))
    return "".join(characters[:fitting]).rstrip() + _ELLIPSIS


def wrapped(text: str, limit: float, rows: int) -> list[str]:
    """The text in at most `rows` rows of `limit` em each, the last one shortened if need be."""
    rest = _characters(_bounded(text, limit * rows))
    lines: list[str] = []
    while rest and len(lines) < rows - 1:
        cut = _row_end(rest, limit)
        lines.append("".join(rest[:cut]).strip())
        rest = rest[cut:]
    if rest:
        lines.append(shortened("".join(rest).strip(), limit))
    return lines


def _bounded(text: str, limit: float) -> str:
    most = int(limit * _ROW_CODE_POINTS) + 1
    return text if len(text) <= most else text[:most] + _ELLIPSIS


def _row_end(characters: Sequence[str], limit: float) -> int:
    used, cut = 0.0, 0
    for index, character in enumerate(characters):
        used += _em(character)
        if used > limit and character != " ":
            return cut or max(index, 1)
        if _may_break(character, characters[index + 1 : index + 2]):
            cut = index + 1
    return len(characters)


def _may_break(character: str, following: Sequence[str]) -> bool:
    if character in " -/":
        return True
    if not following or _em(character) < 1 > _em(following[0]):
        return False
    # Closing punctuation stays with what it closes, opening with what it opens.
    return (
        unicodedata.category(following[0][0]) not in ("Pe", "Pf", "Po")
        and following[0] != " "
        and unicodedata.category(character[0]) not in ("Ps", "Pi")
    )


def _characters(text: str) -> Sequence[str]:
    if text.isascii():
        return text
    found: list[str] = []
    for point in text:
        if found and _joins(found[-1], point):
            found[-1] += point
        else:
            found.append(point)
    return found


def _joins(before: str, point: str) -> bool:
    if point < "\u0300":
        return False
    flag = "\U0001f1e6" <= point <= "\U0001f1ff"
    if flag:
        return len(before) == 1 and "\U0001f1e6" <= before <= "\U0001f1ff"
    return before[-1] == _JOINER or _extends(point)


@lru_cache(maxsize=4096)
def _extends(point: str) -> bool:
    tone = "\U0001f3fb" <= point <= "\U0001f3ff"
    vowel_or_final_jamo = "\u1160" <= point <= "\u11ff"
    return tone or vowel_or_final_jamo or unicodedata.category(point) in ("Mn", "Mc", "Me", "Cf")


@lru_cache(maxsize=4096)
def _point_em(point: str) -> float:
    if point in _THIN:
        return 0.32
    if point in _BROAD:
        return 0.9
    if "\U0001f000" <= point < "\U00020000":  # pictographs
        return _WIDEST
    if unicodedata.east_asian_width(point) in ("W", "F"):
        return 1.0
    if unicodedata.category(point) in ("Mn", "Me", "Cf"):
        return 0.0
    return 0.72 if point.isupper() else 0.6


def _em(character: str) -> float:
    if len(character) > 1 and _EMOJI_STYLE in character:
        return _WIDEST
    return _point_em(character[0])


def _ems(characters: Sequence[str]) -> Iterator[float]:
    return map(_point_em if isinstance(characters, str) else _em, characters)
