"""One contact laid on the maps that it has touched."""

from service.domain.insights.contact_journeys.asking import contact_journeys
from service.domain.insights.contact_journeys.whereabouts import ContactJourneys

__all__ = ["ContactJourneys", "contact_journeys"]
