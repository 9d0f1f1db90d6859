"""Stores a bundle: what it refers to is found by external id, key or name, or made; then the maps.

What is found is used as it is: a bundle changes maps alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from pydantic import BaseModel

from service.domain import external_ids
from service.domain.audiences import PERSONAS, PROFILES
from service.domain.errors import AlreadyExists, Invalid, Problem
from service.domain.inputs import checked
from service.domain.journeys.bundle_inputs import MOST_OTHERS, SOURCE, Bundle
from service.domain.journeys.bundle_references import PLACES, in_order, renamed
from service.domain.journeys.importing import Imported, reconcile
from service.domain.journeys.inputs import NewJourney
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.reads import by_name
from service.domain.journeys.touchpoints import TOUCHPOINTS
from service.domain.journeys.vocabulary import hold
from service.domain.keys import repeated
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.statements import as_json
from service.domain.work import Work

Members = dict[str, Any]


class Entry(NamedTuple):
    """A row of a bundle: its members, those that were given, and where it stands."""

    body: Members
    at: str

    @property
    def names(self) -> list[tuple[str, str]]:
        """What callers know it by."""
        return [(name["source"], name["id"]) for name in self.body.get("external_ids", ())]


class Ready(NamedTuple):
    """A bundle whose rows all refer to each other: by kind and key, users after those they use."""

    rows: Mapping[str, Mapping[str, Entry]]
    order: Mapping[str, Sequence[str]]


def ready(bundle: Bundle) -> Ready:
    """A bundle that can be stored as far as it tells itself.

    Raises `Invalid` for repeated keys, references to nothing within it, and circles.
    """
    problems: list[Problem] = []
    rows = {kind: _entries(kind, getattr(bundle, f"{kind}s"), problems) for kind in PLACES}
    for entry, kind in ((entry, kind) for kind, of in rows.items() for entry in of.values()):

        def check(of: str, key: Any, at: str) -> Any:
            if key not in rows[of]:
                detail = f"the bundle holds no {of} with this key"
                problems.append(Problem(at, "unknown_reference", detail))
            return key

        renamed(kind, entry.body, check, entry.at)
    if problems:
        raise Invalid(problems)
    order = {
        kind: in_order(kind, {key: e.body for key, e in of.items()}, f"/{kind}s", problems)
        for kind, of in rows.items()
    }
    if problems:
        raise Invalid(problems)
    return Ready(rows, order)


def _entries(kind: str, given: Sequence[BaseModel], problems: list[Problem]) -> dict[str, Entry]:
    bodies = [one.model_dump(exclude_unset=True) for one in given]
    for place in repeated([body["key"] for body in bodies]):
        detail = "is the key of an earlier one"
        problems.append(Problem(f"/{kind}s/{place}/key", "repeated", detail))
    return {body["key"]: Entry(body, f"/{kind}s/{n}") for n, body in enumerate(bodies)}


async def import_bundle(work: Work, bundle: Ready, into: UUID | None = None) -> Imported:
    """Store a bundle: its first map goes `into` a map if one is given.

    All or nothing, and a second time makes nothing anew. Raises what creating or replacing the
    rows raises, with pointers into the bundle.
    """
    work.needs(JOURNEYS.writes)
    await hold(work)  # before the first row is locked
    ids: dict[tuple[str, str], UUID] = {}
    for resource in (TOUCHPOINTS, PROFILES, PERSONAS):
        await _settle(work, resource, bundle, ids)
    maps = bundle.rows["journey"]
    known = await _known_maps(work, maps)
    if into is not None:
        known[next(iter(maps))] = into
    made: dict[str, Document] = {}
    # One map is a handful of statements whatever its size, and a bundle holds a bounded number.
    for key in bundle.order["journey"]:
        data, there = _input(JOURNEYS, maps[key], ids), known.get(key)
        with _told(maps[key].at):
            if there is None:
                made[key] = await JOURNEYS.create(work, data)
            else:
                made[key] = await reconcile(work, NewJourney.model_validate(data), there)
        ids["journey", key] = made[key].id
    return Imported([made[key] for key in maps])


async def _settle(
    work: Work, resource: Resource, bundle: Ready, ids: dict[tuple[str, str], UUID]
) -> None:
    """Find or make the rows of one kind; `ids` gains what they are here."""
    entries = bundle.rows[resource.kind]
    found = await _found(work, resource, entries)
    # A bundle holds a bounded number of rows, and mostly a handful.
    for key in bundle.order[resource.kind]:
        if key not in found:
            with _told(entries[key].at):
                data = _input(resource, entries[key], ids)
                found[key] = (await resource.create(work, data)).id
        ids[resource.kind, key] = found[key]


async def _found(work: Work, resource: Resource, entries: Mapping[str, Entry]) -> dict[str, UUID]:
    """What is there already, by external id, then by key or by name."""
    names = [name for entry in entries.values() for name in entry.names]
    by_id = await external_ids.known(work, resource.kind, names)
    found = {
        key: by_id[name]
        for key, entry in entries.items()
        for name in reversed(entry.names)
        if name in by_id
    }
    left = {key: entry for key, entry in entries.items() if key not in found}
    if resource is TOUCHPOINTS:
        return found | await TOUCHPOINTS.by_key(work, left)
    there = await by_name(work, resource, _most(entries.values(), left.values()))
    free = [which for ids in there.values() for which in ids if which not in found.values()]
    shown = await resource.documents(work, free)
    stored = {which: msgspec.json.decode(shown[which].json) for which in free}
    # Of several with one name, those that say the same of themselves are the same.
    for alike in (_same, _namesakes):
        for key in [key for key in left if key not in found]:
            fits = (which for which in stored if alike(left[key].body, stored[which]))
            if (which := next(fits, None)) is not None:
                found[key] = which
                del stored[which]
    return found


def _most(entries: Iterable[Entry], left: Iterable[Entry]) -> dict[str, int]:
    """How many rows of each name to look at: enough for all its entries, and bounded in all."""
    bearing = Counter(entry.body["name"] for entry in entries)
    names = {entry.body["name"] for entry in left}
    return {name: bearing[name] + MOST_OTHERS // len(names) for name in names}


def _namesakes(body: Members, stored: Members) -> bool:
    same: bool = stored["name"] == body["name"]
    return same


def _same(body: Members, stored: Members) -> bool:
    """Whether a row says the same of itself, what it refers to apart."""
    apart = {"key", "profile_id", "parent_id"}
    said = msgspec.json.decode(as_json({n: v for n, v in body.items() if n not in apart}))
    return all(stored[name] == value for name, value in said.items())


async def _known_maps(work: Work, maps: Mapping[str, Entry]) -> dict[str, UUID]:
    """The maps that are here already: under a name, or the very ones that were bundled."""
    names = {name: key for key, entry in maps.items() for name in entry.names}
    by_id = await external_ids.known(work, JOURNEYS.kind, names)
    own = {which: key for (source, name), key in names.items() if (which := _id(source, name))}
    here = await JOURNEYS.documents(work, list(own), {"id": None})
    return {own[which]: which for which in here} | {names[n]: which for n, which in by_id.items()}


def _id(source: str, name: str) -> UUID | None:
    try:
        return UUID(name) if source == SOURCE else None
    except ValueError:
        return None


def _input(resource: Resource, entry: Entry, ids: Mapping[tuple[str, str], UUID]) -> Any:
    """The row as its own input, with ids of this workspace in the place of keys."""
    body = renamed(resource.kind, entry.body, lambda kind, key, _: ids[kind, key])
    if resource is not TOUCHPOINTS:
        del body["key"]
    return checked(resource.new, body)


@contextmanager
def _told(at: str) -> Any:
    """Problems found within, with pointers into the bundle."""
    try:
        yield
    except (Invalid, AlreadyExists) as error:
        problems = [Problem(at + p.pointer, p.code, p.detail) for p in error.problems]
        if isinstance(error, Invalid):
            raise Invalid(problems, error.detail) from error
        raise AlreadyExists(error.detail, problems) from error
