"""The colours of a map's picture, by what they mean; each text has a contrast of 4.5 at least."""

from collections.abc import Mapping

from service.domain.insights.colours import DARK, LIGHT, Colours


def _ground(colours: Colours) -> dict[str, str]:
    return {
        "ink": colours.ink,
        "quiet": colours.quiet,
        "paper": colours.paper,
        "band": colours.band,
        "grid": colours.grid,
        "zero": colours.zero,
        "line": colours.lines[0],
    }


BY_DAY: Mapping[str, str] = _ground(LIGHT) | {
    "good": "#0b6e55",
    "bad": "#b3263e",
    "even": "#5a6675",
    "ask": "#6b3fa0",
    "feel": "#8a5a00",
    "meet": "#2456c7",
    "know": "#0b6478",
    "warn": "#a3480a",
    "good-tint": "#e3f3ed",
    "bad-tint": "#fbe9ec",
    "ask-tint": "#f1eaf9",
    "feel-tint": "#faf1df",
    "meet-tint": "#e8eefb",
    "know-tint": "#e2f1f4",
    "warn-tint": "#fdeee0",
}
BY_NIGHT: Mapping[str, str] = _ground(DARK) | {
    "good": "#5fd0ad",
    "bad": "#ff95a4",
    "even": "#a3afbd",
    "ask": "#cdaaf5",
    "feel": "#ecc06c",
    "meet": "#93b5ff",
    "know": "#76cfe2",
    "warn": "#f5ab6b",
    "good-tint": "#14312a",
    "bad-tint": "#3a1d24",
    "ask-tint": "#2b2140",
    "feel-tint": "#332a16",
    "meet-tint": "#1b2a4a",
    "know-tint": "#12313a",
    "warn-tint": "#38260f",
}
MEANING: Mapping[str, str] = {
    "question": "ask",
    "feeling": "feel",
    "motivation": "feel",
    "touchpoint": "meet",
    "pain": "bad",
    "cost": "bad",
    "missed": "bad",
    "partly": "warn",
    "met": "good",
    "relief": "good",
    "gain": "good",
    "analytical": "know",
    "anecdotal": "know",
    "inner": "meet",
    "gap": "warn",
    "weak": "warn",
}
"""The colour of a kind of item; the others are plain."""


def tone(rating: float | None) -> str:
    """The colour of a rating."""
    if not rating:
        return "even"
    return "good" if rating > 0 else "bad"
