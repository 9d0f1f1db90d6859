"""Import and export: our own JSON, and Mermaid `journey` diagrams."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from pydantic import TypeAdapter, ValidationError

from service.domain import external_ids, reading
from service.domain.errors import Invalid, Malformed, Problem, TooLarge
from service.domain.inputs import bounded, problems_of
from service.domain.journeys import inputs, placing
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.mermaid_reading import LineProblem, Reading, ReadMap, read
from service.domain.journeys.mermaid_writing import WriteMap, WriteStage, WriteStep, Written, write
from service.domain.journeys.reconciling import complete_keys, is_tied
from service.domain.journeys.tables import journeys
from service.domain.reading import Document
from service.domain.statements import as_json
from service.domain.work import Work

MOST_MAPS = 50
"""Maps in one import."""
LONGEST_DIAGRAM = 1024 * 1024
"""Bytes of a Mermaid or Markdown document."""


class Imported(NamedTuple):
    """What came of an import: the journeys, and what was read but not understood, by line."""

    items: list[Document]
    problems: list[LineProblem]

    @property
    def json(self) -> str:
        """`{items: [journey], problems: [{line, detail}]}`."""
        told = as_json([{"line": p.line, "detail": p.detail} for p in self.problems])
        return f'{{"items": [{", ".join(made.json for made in self.items)}], "problems": {told}}}'


class Brought(NamedTuple):
    """Maps to import, where each stands in what was sent, and lines not understood in full."""

    maps: list[inputs.NewJourney]
    at: list[str]
    problems: list[LineProblem]


def own_maps(raw: bytes) -> Brought:
    """The maps in our own JSON: one journey, a list, or `{items: […]}` as a list answers.

    Raises `Malformed`, or `Invalid` with a pointer into the document for every member.
    """
    try:
        found = _ANY.validate_json(bounded(raw))
    except ValidationError as error:
        message = error.errors(include_input=False)[0]["msg"]
        raise Malformed("This is not JSON.", [Problem("", "json_invalid", message)]) from error
    prefix, maps = "", [found]
    if isinstance(found, Mapping) and isinstance(found.get("items"), list):
        prefix, maps = "/items", found["items"]
    elif isinstance(found, list):
        maps = found
    several = isinstance(found, list) or bool(prefix)
    problems: list[Problem] = []
    read_maps = []
    for n, one in enumerate(maps[: MOST_MAPS + 1]):
        try:
            read_maps.append(inputs.NewJourney.model_validate(one))
        except ValidationError as error:
            problems += problems_of(error, f"{prefix}/{n}" if several else "")
    if len(maps) > MOST_MAPS:
        problems.append(Problem(prefix, "too_long", f"at most {MOST_MAPS} maps at once"))
    if problems:
        raise Invalid(problems)
    at = [f"{prefix}/{n}" if several else "" for n in range(len(read_maps))]
    return Brought(read_maps, at, [])


def mermaid_maps(raw: bytes) -> Brought:
    """The maps in a Mermaid or Markdown document, and the lines that were not understood.

    Takes up to a second for the longest: callers run it in a thread.

    Raises `Invalid` with a problem for every line outside the grammar; then nothing is stored.
    """
    if len(raw) > LONGEST_DIAGRAM:
        raise TooLarge(f"A diagram document is at most {LONGEST_DIAGRAM} bytes.")
    found_in = read(_text(raw))
    if found_in.fatal:
        raise _broken(found_in)
    problems: list[Problem] = []
    maps = []
    if len(found_in.maps) > MOST_MAPS:
        problems.append(Problem("", "too_long", f"at most {MOST_MAPS} diagrams at once"))
    for found in found_in.maps[:MOST_MAPS]:
        try:
            maps.append(inputs.NewJourney.model_validate(_body(found)))
        except ValidationError as error:
            problems += [
                Problem(f"/lines/{found.line}", p.code, f"{p.pointer}: {p.detail}")
                for p in problems_of(error)
            ]
    if problems:
        raise Invalid(problems, "The diagram holds more, or longer texts, than a map may.")
    at = [f"/lines/{found.line}" for found in found_in.maps]
    return Brought(maps, at, found_in.problems)


async def import_maps(work: Work, brought: Brought, into: UUID | None = None) -> Imported:
    """Store maps: one that goes `into` a map, or has an external id we know, is reconciled by key.

    All or nothing. What an import does not say of a known map, stage or step
    stays as it is. Raises what creating or replacing them raises.
    """
    work.needs(JOURNEYS.writes)
    if into is not None and len(brought.maps) != 1:
        detail = f"there are {len(brought.maps)} maps to go into one"
        raise Invalid([Problem("/query/journey_id", "several", detail)])
    items = []
    # One map is a handful of statements whatever its size, and `MOST_MAPS` bounds their number.
    for one, at in zip(brought.maps, brought.at, strict=True):
        try:
            items.append(await _import(work, one, into))
        except Invalid as error:
            raise Invalid(
                Problem(at + p.pointer, p.code, p.detail) for p in error.problems
            ) from error
    return Imported(items, brought.problems)


async def _import(work: Work, data: inputs.NewJourney, into: UUID | None) -> Document:
    known = into or await _known(work, data)
    if known is None:
        return await JOURNEYS.create(work, data)
    # Locked before it is read: what others write meanwhile must not be completed away.
    await placing.lock(work, journeys, known)
    found = await reading.documents(work, JOURNEYS.shape, [known])
    stored = msgspec.json.decode(found[known].json)
    sent = data.model_dump(exclude_unset=True)
    if "stages" in sent:
        _over(stored["stages"], sent["stages"])
    return await JOURNEYS.patch(work, known, JOURNEYS.patch_input.model_validate(sent))


def _over(stored: Sequence[Mapping[str, Any]], sent: list[dict[str, Any]]) -> None:
    """Complete what was sent, in place: what it does not say of a known part stays as it is."""
    for stage in sent:
        stage.setdefault("key", None)
        stage.setdefault("steps", [])
        for step in stage["steps"]:
            step.setdefault("key", None)
    complete_keys(sent, [])
    stages = {stage["key"]: {**stage, "steps": []} for stage in stored}
    steps = {step["key"]: step for stage in stored for step in stage["steps"]}
    for n, stage in enumerate(sent):
        sent_steps = [{**steps.get(step["key"], {}), **step} for step in stage["steps"]]
        sent[n] = {**stages.get(stage["key"], {}), **stage, "steps": sent_steps}


async def _known(work: Work, data: inputs.NewJourney) -> UUID | None:
    for name in data.external_ids:  # a handful, and the first is nearly always it
        found = await external_ids.found(work, JOURNEYS.kind, name.source, name.id)
        if found is not None:
            return found
    return None


async def as_mermaid(work: Work, journey_id: UUID) -> tuple[Document, Written]:
    """A map as a Mermaid diagram, with what it could not carry. Raises `NotFound`."""
    found = await JOURNEYS.one(work, journey_id)
    journey = msgspec.json.decode(found.json)
    stages = [
        WriteStage(
            stage["name"],
            [WriteStep(s["action"], s["emotion"], s["actors"]) for s in stage["steps"]],
        )
        for stage in journey["stages"]
    ]
    drawn = WriteMap(journey["title"], journey["scenario"] or "", stages)
    return found, write(drawn, _not_carried(journey))


def _not_carried(journey: Mapping[str, Any]) -> list[str]:
    """Members that hold something a diagram has no place for."""
    carried = {"title", "scenario", "stages", "transitions", *_NEVER_SAID}
    lost = [name for name, value in journey.items() if name not in carried and _says(value)]
    lost += [name for name, usual in _USUAL.items() if journey[name] != usual]
    if not is_tied(journey):
        lost.append("transitions")
    parts = (("stage", ["name", "steps"]), ("step", ["action", "emotion", "actors"]))
    rows = {
        "stage": journey["stages"],
        "step": [step for stage in journey["stages"] for step in stage["steps"]],
    }
    for kind, kept in parts:
        names = {n for row in rows[kind] for n, value in row.items() if _says(value)}
        lost += sorted(f"{kind}.{n}" for n in names - {*kept, *_NEVER_SAID})
    return lost


_NEVER_SAID = frozenset(
    {"id", "version", "created_at", "updated_at", "key", "journey_id", "stage_id", "status"}
    | {"perspective"}
)
_USUAL = {"perspective": "as_is", "status": "draft"}
"""What a map made of a diagram has anyway."""


def _says(value: Any) -> bool:
    return value not in (None, False, [], {})


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        detail = f"line {line} is not UTF-8"
        raise Malformed(detail, [Problem(f"/lines/{line}", "not_utf8", detail)]) from error


def _broken(found_in: Reading) -> Invalid:
    lines = [
        Problem(f"/lines/{p.line}", "line_unreadable", p.detail)
        for p in found_in.problems
        if p.fatal
    ]
    return Invalid(lines, "Some lines are no Mermaid journey.")


def _body(found: ReadMap) -> dict[str, Any]:
    return {
        "title": found.title,
        "scenario": found.acc_description or None,
        "stages": [
            {
                "name": stage.name,
                "steps": [
                    {"action": step.action, "emotion": step.emotion, "actors": step.actors}
                    for step in stage.steps
                ],
            }
            for stage in found.stages
        ],
    }


_ANY: TypeAdapter[Any] = TypeAdapter(Any)
