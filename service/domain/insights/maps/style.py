"""The rules of a map's page: on a screen lanes run through all columns; on paper and on a telephone
each stage stands by itself, its steps below each other.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

from service.domain.insights.colours import Theme
from service.domain.insights.lettering import FONTS
from service.domain.insights.maps.curve_line import height
from service.domain.insights.maps.palette import BY_DAY, BY_NIGHT, MEANING

_COMMENT = re.compile(r"/\*.*?\*/|\n\s*")
_PAGE = _COMMENT.sub("", Path(__file__).with_name("page.css").read_text())
_HALVES = range(-4, 5)


@lru_cache(maxsize=256)
def style(theme: Theme, columns: int, deep: int, counts: Collection[int]) -> str:
    """The rules of a page with so many columns and rows below the stages' heads.

    `counts` are how many steps its stages have.
    """
    return "".join(
        (
            _colours(theme),
            f":root{{--columns:{columns};--rows:{deep + 1};--deep:{deep};--fonts:{FONTS}}}",
            *_meanings(),
            *(_wide(count) for count in sorted(counts)),
            _PAGE,
            f"@media print{{:root{{{_variables(BY_DAY)};color-scheme:light}}",
            "}",
        )
    )


def _colours(theme: Theme) -> str:
    day = f":root{{{_variables(BY_DAY)};color-scheme:light}}"
    night = f":root{{{_variables(BY_NIGHT)};color-scheme:dark}}"
    preferred = f"{day}@media (prefers-color-scheme:dark){{{night}}}"
    return {"light": day, "dark": night}.get(theme, preferred)


def _variables(colours: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())


def _meanings() -> list[str]:
    """What is told by colour: kinds by their edge, ratings by their dot, each at its height."""
    rules = [
        f".lane .{kind}{{border-color:var(--{name})}}.key.{kind}{{background:var(--{name})}}"
        for kind, name in MEANING.items()
    ]
    rules += [
        f".t-{name}{{stroke:var(--{name});color:var(--{name})}}.key.t-{name}{{background:var(--{name})}}"
        for name in ("good", "even", "bad")
    ]
    for halves in _HALVES:
        # 14 pixels are left above and below the line, whatever its height.
        at = f"top:calc(14px + (100% - 28px)*{height(halves / 2) / 100:g})"
        off = -28 if halves >= 0 else 12
        rules.append(f".at{halves}{{{at};margin-block-start:{off}px}}.on{halves}{{{at}}}")
    return rules


def _wide(count: int) -> str:
    return f".n{count}{{grid-column:span {max(count, 1)}}}"
