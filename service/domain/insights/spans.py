"""Lengths of time as people say them."""

_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))


def in_units(seconds: float) -> tuple[str, float]:
    """A length in the largest unit of which there are two, one decimal at most: 42 days."""
    unit, length = next((u, n) for u, n in _UNITS if seconds >= 2 * n or n == 1)
    return unit, round(seconds / length, 1)


def number(value: float) -> str:
    """A number without an empty decimal: 2.5, 14."""
    return f"{value:.1f}".removesuffix(".0")
