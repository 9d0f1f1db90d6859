"""The outline and the texts of a language, put together; each file is read when first asked for."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from service.domain.languages import Language

Members = dict[str, Any]
_FOLDER = Path(__file__).parent


def read(name: str) -> Members:
    """One of the files, as it stands."""
    found: Members = msgspec.json.decode((_FOLDER / f"{name}.json").read_bytes())
    return found


@lru_cache
def touchpoints(language: Language) -> tuple[Members, ...]:
    """The touchpoints every firm may have, as bodies: key, phase, channel, party, owner, texts."""
    said = read(language)["touchpoints"]
    return tuple({**one, **said[one["key"]]} for one in read("outline")["touchpoints"])


@lru_cache
def templates(language: Language) -> tuple[Members, ...]:
    """The templates: key, name, description, and stages with their steps, told by key."""
    met = {one["key"]: one for one in touchpoints(language)}
    said = read(language)["templates"]
    return tuple(_template(one, said[one["key"]], met) for one in read("outline")["templates"])


def _template(outline: Members, said: Members, met: Members) -> Members:
    stages = [_stage(one, said["stages"][one["key"]], met) for one in outline["stages"]]
    return {**outline, "name": said["name"], "description": said["description"], "stages": stages}


def _stage(outline: Members, said: Members, met: Members) -> Members:
    topics = outline["questions"].items()
    return {
        **outline,
        **said,
        "questions": [
            {"key": key, "text": said["questions"][key], "topic": topic} for key, topic in topics
        ],
        "touchpoints": [{"key": key, "name": met[key]["name"]} for key in outline["touchpoints"]],
        "steps": [_step(one, said["steps"][one["key"]], met) for one in outline["steps"]],
    }


def _step(outline: Members, action: str, met: Members) -> Members:
    """A step has the channel of the first touchpoint it meets."""
    keys = outline.get("touchpoints", [])
    channel = met[keys[0]]["channel"] if keys else None
    return {
        **outline,
        "action": action,
        "channel": channel,
        "touchpoints": [{"key": key} for key in keys],
    }
