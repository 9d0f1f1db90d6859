"""Asking for drivers."""

import asyncio

from service.domain.filters import All
from service.domain.histories import Asked, Range, histories
from service.domain.measures.asking import named, only, selection
from service.domain.measures.drivers import driver
from service.domain.measures.drivers.driver import Drivers, DriversDefinition
from service.domain.measures.drivers.inputs import DriversQuery
from service.domain.measures.surveys import ANSWERED, FIELDS, LISTS
from service.domain.work import Scope, Work

PLACES = {
    "step": ("properties.journey_id", "properties.step_key"),
    "touchpoint": ("properties.touchpoint_id",),
}


async def drivers(work: Work, asked: DriversQuery) -> Drivers:
    """What people did after they answered: one statement. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    order = selection(work.caller, asked.order, "/order")
    referral = selection(work.caller, asked.referral, "/referral")
    every = All(())
    activity = (
        every if asked.activity is None else selection(work.caller, asked.activity, "/activity")
    )
    wanted = Asked(
        # From the first order to the last event, which tells whose windows are over.
        Range(),
        only(work.caller, asked),
        [named([ANSWERED]), order, referral, activity],
        [*FIELDS, *PLACES[asked.by]],
        LISTS,
    )
    found = await histories(work, wanted)
    definition = DriversDefinition(
        asked.from_, asked.to, asked.by, asked.window_seconds, asked.limit
    )
    return await asyncio.to_thread(driver.drivers, found, definition)
