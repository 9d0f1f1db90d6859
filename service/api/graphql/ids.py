"""Relay's global ids: the kind of a resource and its id in one opaque text.

Wherever an id is taken, the plain one that REST shows will do as well.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from service.domain.errors import Invalid, Problem

BAD_ID = "bad_id"
_MEANT: Mapping[str, str | None] = {
    "as_is_id": "Journey",
    "variant_of": "Journey",
    "nests": "Journey",
    "alias_of": "VocabularyEntry",
    "source_id": "EvidenceSource",
    "winner_id": "Contact",
    "loser_id": "Contact",
    "target_id": None,
}
"""Kinds that the names of arguments do not tell; None: any."""


class Read(NamedTuple):
    """What an id says: its kind, unless it is a plain one, and the id itself."""

    kind: str | None
    id: UUID


def global_id(kind: str, plain: str) -> str:
    """The global id of a resource."""
    return urlsafe_b64encode(f"{kind}:{plain}".encode()).decode()


def read(text: str) -> Read | None:
    """What an id says; None when it is none."""
    try:
        return Read(None, UUID(text))
    except ValueError:
        pass
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        kind, _, plain = decoded.partition(":")
        return Read(kind, UUID(plain))
    except (binascii.Error, ValueError):
        return None


def plain(text: str) -> str:
    """The plain id in a text; what is no id stays as it is, for its input to refuse."""
    found = read(text)
    return text if found is None else str(found.id)


def plain_id(text: str, kind: str, pointer: str) -> UUID:
    """The id of a resource of this kind. Raises `Invalid`, naming the argument."""
    found = read(text)
    if found is None:
        detail = "is neither a global id nor a UUID"
        raise Invalid([Problem(pointer, BAD_ID, detail)])
    if found.kind not in (None, kind):
        raise Invalid([Problem(pointer, BAD_ID, f"is not the id of a {kind}")])
    return found.id


def of_other_kinds(arguments: Mapping[str, Any], own: str) -> list[Problem]:
    """Global ids among a list's arguments that are of another kind than is meant; `own` is the
    kind of what is listed."""
    found = []
    for name, text in arguments.items():
        kind = _meant(name, own)
        said = read(text) if kind and isinstance(text, str) else None
        if said is not None and said.kind not in (None, kind):
            found.append(Problem(f"/{name}", BAD_ID, f"is not the id of a {kind}"))
    return found


def _meant(name: str, own: str) -> str | None:
    if name in _MEANT:
        return _MEANT[name]
    if name == "parent_id":
        return own
    head, _, last = name.rpartition("_")
    return "".join(part.capitalize() for part in head.split("_")) if last == "id" else None


def optional_id(text: Any, kind: str, pointer: str) -> UUID | None:
    """The same for an argument that need not be given."""
    return plain_id(text, kind, pointer) if isinstance(text, str) else None
