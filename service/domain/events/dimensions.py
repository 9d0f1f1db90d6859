"""By what device, through which channel, at which department, moved by which campaign.

Each is the event's own property of that name, where that is a text; else it is found in what the
client says of the circumstances (`context`):

- device: `context.device` where that is a text; else by `context.userAgent`; else by
  `context.os.name` or `context.device.type`, which the clients of apps send
- channel: `context.channel`, else `context.campaign.medium`, else the message's own `channel`
- department: `context.department`
- campaign: `context.campaign` where that is a text, else `context.campaign.name`
"""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from service.domain.events import user_agents


class Dimensions(Struct, gc=False, frozen=True):
    """What is known of the circumstances of an event; None where nothing is."""

    device: str | None = None
    channel: str | None = None
    department: str | None = None
    campaign: str | None = None


class _Members(Struct, gc=False, rename="camel"):
    device: Any = None
    channel: Any = None
    department: Any = None
    campaign: Any = None
    user_agent: Any = None
    os: Any = None


class _Texts(Struct, gc=False):
    device: str | None = None
    channel: str | None = None
    department: str | None = None
    campaign: str | None = None


_read = msgspec.json.Decoder(_Members).decode
_read_texts = msgspec.json.Decoder(_Texts).decode
UNKNOWN = Dimensions()
_APPS = {"ios": "mobile", "ipados": "tablet", "android": "mobile"}


def of_context(context: Raw | bytes) -> Dimensions:
    """What the context tells."""
    found = _read(context)
    campaign = found.campaign if isinstance(found.campaign, dict) else {}
    return Dimensions(
        _device(found),
        _text(found.channel) or _text(campaign.get("medium")),
        _text(found.department),
        _text(found.campaign) or _text(campaign.get("name")),
    )


def of_properties(properties: Raw | bytes, around: Dimensions = UNKNOWN) -> Dimensions:
    """What the event's own properties say, else what was said `around` it."""
    try:
        found = _read_texts(properties)
    except msgspec.ValidationError:
        found = _texts(_read(properties))
    return Dimensions(
        found.device or around.device,
        found.channel or around.channel,
        found.department or around.department,
        found.campaign or around.campaign,
    )


def _texts(found: _Members) -> _Texts:
    """Those members that are texts, where others are something else."""
    return _Texts(*(_text(getattr(found, name)) for name in _Texts.__struct_fields__))


def all_within(found: Dimensions, most: int) -> bool:
    """Whether none of them has more characters."""
    # One by one: a loop over the four takes as long as reading them.
    return not (
        (found.device is not None and len(found.device) > most)
        or (found.channel is not None and len(found.channel) > most)
        or (found.department is not None and len(found.department) > most)
        or (found.campaign is not None and len(found.campaign) > most)
    )


def place(
    name: str, value: str, properties: bytes | None, context: bytes | None
) -> tuple[str, ...]:
    """Where in a message a dimension was found, as the names that lead there."""
    for around, raw in (("properties", properties), ("context", context)):
        members = _read(raw) if raw is not None else _Members()
        if getattr(members, name) == value:
            return around, name
    # Of a context alone is more looked at than a member of that name.
    campaign = _read(context).campaign if context is not None else None
    inner = {"channel": "medium", "campaign": "name"}.get(name)
    if isinstance(campaign, dict) and inner is not None and campaign.get(inner) == value:
        return "context", "campaign", inner
    return (name,)


def _device(found: _Members) -> str | None:
    if device := _text(found.device):
        return device
    agent = _text(found.user_agent)
    if agent and (device := user_agents.device(agent)):
        return device
    system = found.os.get("name") if isinstance(found.os, dict) else None
    kind = found.device.get("type") if isinstance(found.device, dict) else None
    said = (_text(one) for one in (system, kind))
    return next((_APPS[one.lower()] for one in said if one and one.lower() in _APPS), None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
