"""Where contacts stand as a condition of filters: who does is looked up before it is asked."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from msgspec import structs

from service.domain import audiences, contacts, filters, membership
from service.domain.computing import computed
from service.domain.errors import Invalid, NotFound, Problem
from service.domain.filters import Answer, At, Filter, Stood
from service.domain.insights.contact_journeys import ContactJourney, contact_journeys
from service.domain.insights.laid.asking import judges
from service.domain.insights.standing.asking import MOST, TOO_MANY, Where, everybody, unknown_keys
from service.domain.insights.standing.everybody import Standing
from service.domain.work import Scope, Work


async def placed(work: Work, filter: Filter, where: Callable[[At], str]) -> Filter:
    """A filter over people with those looked up who stand where it asks: five statements, seldom
    more, if it asks that of anybody. `where` tells the pointers of what it asks.

    Raises `Invalid` for more than one map, for maps and places that are not there, and for too many
    people; `BindingsTooLarge`, `TooManyRevisions`.
    """
    leaves = [*dict.fromkeys(leaf for _, leaf in filters.unplaced(filter, ""))]
    if not leaves:
        return filter
    work.needs(Scope.ANALYTICS_READ)
    which, *others = dict.fromkeys(leaf.journey_id for leaf in leaves)
    if others:
        detail = "a filter asks of one map where contacts stand"
        more = [one for one in leaves if one.journey_id != which]
        raise Invalid([Problem(where(one), "too_many_maps", detail) for one in more])
    try:
        by = await judges(work, which, None)
    except NotFound as error:
        detail = "there is no such journey"
        raise Invalid(
            [Problem(f"{where(one)}/at/journey_id", "unknown_reference", detail) for one in leaves]
        ) from error
    found = await everybody(work, by)
    return filters.placed(filter, await computed(work, _looked_up, found, leaves, where))


def _looked_up(found: Standing, leaves: Sequence[At], where: Callable[[At], str]) -> dict[At, At]:
    """Each leaf with those who stand there."""
    asked = [(_where(leaf), f"{where(leaf)}/at") for leaf in leaves]
    if problems := [one for what, at in asked for one in unknown_keys(found, what, at)]:
        raise Invalid(problems)
    told = {leaf: _stood(found, leaf) for leaf in leaves}
    weight = sum(len(one.there) + len(one.unsure) for one in told.values())
    if weight > MOST * 16:
        raise Invalid([Problem(where(leaves[0]), "too_many_contacts", TOO_MANY)])
    return {leaf: structs.replace(leaf, stood=one) for leaf, one in told.items()}


def _where(leaf: At) -> Where:
    stage, step = (None if one is None else [one] for one in (leaf.stage, leaf.step))
    return Where(stage, step, None if leaf.status is None else [leaf.status])


def _stood(found: Standing, leaf: At) -> Stood:
    where = _where(leaf)
    there = found.at(where.stage, where.step)
    unsure = found.ids(there & found.unknown) if where.status else b""
    return Stood(found.ids(there & found.stands(where.status)), unsure)


async def standing(work: Work, contact_id: UUID) -> Callable[[At], Answer]:
    """Where one contact stands, as filters ask it: four statements at most. Raises `NotFound`."""
    work.needs(Scope.CONTACTS_READ)
    found = await contact_journeys(work, contact_id)
    on = {str(one.journey_id): one for one in found.items}
    return lambda leaf: _stands(on.get(str(leaf.journey_id)), leaf)


def _stands(one: ContactJourney | None, leaf: At) -> Answer:
    if (
        one is None
        or leaf.stage not in {None, one.stage_key}
        or leaf.step not in {None, one.step_key}
    ):
        return False
    if leaf.status is None:
        return True
    return None if one.status is None else one.status == leaf.status


CONTACTS = replace(
    contacts.CONTACTS,
    listing=replace(
        contacts.CONTACTS.listing, settled=partial(audiences.answerable, placing=placed)
    ),
)
"""The contacts of the workspace, of whom lists and searches ask where they stand as well."""
profile_contacts = partial(membership.profile_contacts, placing=placed)
profile_counts = partial(membership.profile_counts, placing=placed)
preview = partial(membership.preview, placing=placed)
contact_profiles = partial(membership.contact_profiles, standing=standing)
contact_persona = partial(membership.contact_persona, standing=standing)
