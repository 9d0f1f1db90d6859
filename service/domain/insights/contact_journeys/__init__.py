"""One contact laid on the maps that it has touched."""

from service.domain.insights.contact_journeys.asking import (
    Looked,
    contact_journeys,
    looked_at,
)
from service.domain.insights.contact_journeys.whereabouts import ContactJourney, ContactJourneys

__all__ = ["ContactJourney", "ContactJourneys", "Looked", "contact_journeys", "looked_at"]
