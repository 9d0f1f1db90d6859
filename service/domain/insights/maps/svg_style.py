"""The one style of a map's SVG: plain rules without variables, for converters to bitmaps."""

from collections.abc import Mapping
from typing import get_args

from service.domain.insights.colours import Theme
from service.domain.insights.lettering import FONTS
from service.domain.insights.maps.palette import BY_DAY, BY_NIGHT
from service.domain.insights.maps.sheet import SIZES

_COLOURS = ("good", "bad", "even", "ask", "feel", "meet", "know", "warn", "quiet")


def _rules(theme: str, colours: Mapping[str, str]) -> str:
    ink, quiet, paper, grid = (colours[name] for name in ("ink", "quiet", "paper", "grid"))
    rules = {
        "text": f"font-family:{FONTS};fill:{ink}",
        **{f".{kind}": f"font-size:{size:g}px" for kind, size in SIZES.items()},
        ".name,.stage,.act": "font-weight:600",
        "text.small": f"fill:{quiet}",
        ".paper": f"fill:{paper}",
        ".band": f"fill:{colours['band']}",
        ".head": f"fill:{colours['line']}",
        ".card": f"fill:{paper};stroke:{grid}",
        ".hidden": f"fill:{colours['band']};stroke:{colours['zero']};stroke-dasharray:4 3",
        ".grid": f"stroke:{grid};fill:none",
        ".zero": f"stroke:{colours['zero']};fill:none",
        ".line": f"stroke:{colours['line']};stroke-width:2.5;fill:none",
        ".bridge": f"stroke:{colours['line']};stroke-width:2;stroke-dasharray:1 7;"
        "stroke-linecap:round;fill:none",
        ".dot": f"stroke:{paper};stroke-width:2",
        ".ring": f"fill:none;stroke:{colours['feel']};stroke-width:2",
        ".cross": f"fill:{colours['warn-tint']};stroke:{colours['warn']}",
        ".b-plain": f"fill:{grid}",
        **{f".c-{name},text.c-{name}": f"fill:{colours[name]}" for name in _COLOURS},
        ".face": f"fill:{colours['meet-tint']}",
    }
    return "".join(
        "".join(f".map-{theme} {one}" + "," * (one != last) for one in (*many, last))
        + f"{{{rule}}}"
        for (*many, last), rule in ((name.split(","), rule) for name, rule in rules.items())
    )


def _style(theme: str) -> str:
    day, night = _rules(theme, BY_DAY), _rules(theme, BY_NIGHT)
    preferred = f"{day}@media(prefers-color-scheme:dark){{{night}}}"
    return {"light": day, "dark": night}.get(theme, preferred)


STYLES = {theme: _style(theme) for theme in get_args(Theme)}
"""The rules of a picture, by its theme."""
