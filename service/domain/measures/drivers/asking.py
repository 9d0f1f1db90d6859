"""Asking for drivers."""

from service.domain import access, filters
from service.domain.computing import computed
from service.domain.filters import All, Filter
from service.domain.histories import Asked, Range, histories
from service.domain.measures.asking import Refusals, chosen, role, selection
from service.domain.measures.drivers import driver
from service.domain.measures.drivers.adding_up import adds_up
from service.domain.measures.drivers.driver import Drivers, DriversDefinition
from service.domain.measures.drivers.inputs import DriversQuery
from service.domain.measures.small_cells import courteous
from service.domain.measures.surveys import FIELDS, LISTS
from service.domain.work import Scope, Work

_EVERY: Filter = All(())
PLACES = {
    "step": ("properties.journey_id", "properties.step_key"),
    "touchpoint": ("properties.touchpoint_id",),
}


async def drivers(work: Work, asked: DriversQuery) -> Drivers:
    """What people did after they answered: two statements. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    reporting, refusals, activity = await access.reporting(work), Refusals(), _EVERY
    answered, order, referral = (role(reporting, name) for name in ("survey", "order", "referral"))
    with refusals.of_part():
        if asked.order is not None:
            order = selection(work.caller, asked.order, "/order")
    with refusals.of_part():
        if asked.referral is not None:
            referral = selection(work.caller, asked.referral, "/referral")
    with refusals.of_part():
        if asked.activity is not None:
            activity = selection(work.caller, asked.activity, "/activity")
    with refusals.of_part():
        only = await chosen(work, asked)
    refusals.tell()
    wanted = Asked(
        # From the first order to the last event, which tells whose windows are over.
        Range(),
        only,
        [answered, order, referral, activity],
        [*FIELDS, *PLACES[asked.by]],
        LISTS,
        Range(asked.from_, asked.to),
    )
    found = await histories(work, wanted)
    definition = DriversDefinition(
        asked.from_,
        asked.to,
        asked.by,
        asked.window_seconds,
        asked.limit,
        filters.dump(answered),
        filters.dump(order),
        filters.dump(referral),
        None if asked.activity is None else filters.dump(activity),
        filter=asked.filter,
    )
    answer = await computed(work, driver.drivers, found, definition)
    return await computed(work, courteous, answer, reporting.small_cells, adds_up)
