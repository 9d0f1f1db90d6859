"""How much a map may hold, whether it comes whole or grows part by part."""

from service.domain.errors import Problem

MOST_STAGES = 100
MOST_STEPS = 500
"""Of all stages together."""
MOST_TRANSITIONS = 2000


def too_many(pointer: str, most: int, parts: str) -> Problem:
    """The problem with a member that brings more parts than a map may hold."""
    return Problem(pointer, "too_many", f"a map holds at most {most} {parts}")
