"""Copying maps: one statement reads the map, then each copy costs what making any map does."""

from typing import Any
from uuid import UUID

from service.domain.errors import Invalid
from service.domain.inputs import checked
from service.domain.journeys.copying import carrying, naming
from service.domain.journeys.copying.inputs import MOST_COPIES, CopyOrder
from service.domain.journeys.inputs import NewJourney
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.revisions import sendable
from service.domain.journeys.vocabulary import hold
from service.domain.languages import understood
from service.domain.reading import Document
from service.domain.work import Work


async def copy(work: Work, journey_id: UUID, order: CopyOrder) -> list[Document]:
    """Copies of a map: one, or a variant for each combination of the matrix.

    Stages and steps keep their keys and get ids of their own. Raises `NotFound`, `Invalid`.
    """
    work.needs(JOURNEYS.writes)
    varies = order.as_ == "variant"
    if found := naming.problems(order.axes, order.matrix, MOST_COPIES, varies=varies):
        raise Invalid(found)
    await hold(work)
    journey = sendable((await JOURNEYS.one(work, journey_id)).json)
    people = None if order.persona_ids is None else [str(one) for one in order.persona_ids]
    members = carrying.carried(journey, people, order.include)
    made = []
    for varied in naming.combinations(order.matrix):  # a bounded number of maps, of whatever size
        one = _one(work, journey, members, order, {**order.axes, **varied})
        made.append(await JOURNEYS.create(work, one))
    return made


def _one(work: Work, journey: Any, members: Any, order: CopyOrder, axes: dict[str, str]) -> Any:
    language = understood(journey["locale"] or "") or work.caller.language
    start, told = journey["title"], axes
    if order.as_ == "variant" and order.title is None:
        start, before = naming.begun(start, journey["variant_axes"])
        told = {**before, **axes}
    if order.matrix:
        title = naming.titled(order.title or start, *told.values())
    else:
        title = naming.title(start, order.title, order.as_, told, language)
    body = carrying.related(members, journey["id"], order.as_, axes)
    try:
        return checked(NewJourney, {**body, "title": title})
    except Invalid as error:
        raise error.renamed(_as_sent) from error


def _as_sent(pointer: str) -> str:
    """Where what became of an order stands in it."""
    return "/axes" if pointer.startswith("/variant_axes") else pointer
