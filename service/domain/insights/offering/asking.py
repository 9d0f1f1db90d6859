"""Asking where a contact stands, and for what to offer them there."""

from uuid import UUID

from msgspec import structs

from service.domain.insights.contact_journeys import ContactJourneys, looked_at
from service.domain.insights.offering.offers import known_of, offered
from service.domain.insights.planning import for_offers
from service.domain.work import Scope, Work


async def contact_journeys(work: Work, contact_id: UUID) -> ContactJourneys:
    """Where a contact stands on every map that it has touched, and which content to offer them
    there: five statements at most. Raises `NotFound`."""
    work.needs(Scope.CONTACTS_READ)
    work.needs(Scope.MAPS_READ)
    looked = await looked_at(work, contact_id)
    items = looked.answer.items
    if not items:
        return looked.answer
    maps = await for_offers(work, [UUID(str(one.journey_id)) for one in items])
    known = known_of(looked)
    told = {str(which): one.material for which, one in maps.items()}
    found = [offered(one, told.get(str(one.journey_id)), known) for one in items]
    return structs.replace(looked.answer, items=found)
