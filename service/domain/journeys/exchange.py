"""Documents that hold maps, read: our own JSON, bundles, Mermaid `journey` diagrams and CSV."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from service.domain.errors import Invalid, Malformed, Problem, TooLarge
from service.domain.inputs import bounded, problems_of
from service.domain.journeys import csv_reading, inputs
from service.domain.journeys.bundle_importing import Ready, import_bundle, ready
from service.domain.journeys.bundle_inputs import MOST_MAPS, Bundle
from service.domain.journeys.importing import Brought, Imported, import_brought
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.mermaid_reading import Reading, ReadMap, read
from service.domain.work import Work

LONGEST_DIAGRAM = 1024 * 1024
"""Bytes of a Mermaid or Markdown document."""


def own_maps(raw: bytes) -> Brought | Ready:
    """The maps in our own JSON: one journey, a list, `{items: […]}` as a list answers, or a bundle.

    Raises `Malformed`, or `Invalid` with a pointer into the document for every member.
    """
    try:
        found = _ANY.validate_json(bounded(raw))
    except ValidationError as error:
        message = error.errors(include_input=False)[0]["msg"]
        raise Malformed("This is not JSON.", [Problem("", "json_invalid", message)]) from error
    if isinstance(found, Mapping) and "bundle" in found:
        return _bundle(found)
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
    return Brought(read_maps, [place.__add__ for place in at])


def _bundle(found: Mapping[str, Any]) -> Ready:
    try:
        return ready(Bundle.model_validate(found))
    except ValidationError as error:
        raise Invalid(problems_of(error), "This is no bundle that can be read.") from error


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
    told = [f"/lines/{found.line}".__add__ for found in found_in.maps]
    return Brought(maps, told, found_in.problems)


def csv_maps(raw: bytes) -> Brought:
    """The maps in a CSV file. Takes up to a second for the longest: callers run it in a thread.

    Raises what `csv_reading.read` raises; then nothing is stored.
    """
    found = csv_reading.read(raw, MOST_MAPS)
    return Brought(found.maps, found.told, found.problems, found.read_as)


async def import_maps(work: Work, brought: Brought | Ready, into: UUID | None = None) -> Imported:
    """Store what was brought in, all or nothing: see `import_brought` and `import_bundle`."""
    work.needs(JOURNEYS.writes)
    if isinstance(brought, Ready):
        return await import_bundle(work, brought, into)
    return await import_brought(work, brought, into)


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
