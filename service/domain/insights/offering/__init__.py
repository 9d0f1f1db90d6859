"""One contact laid on the maps that it has touched, with what to offer them there."""

from service.domain.insights.offering.asking import contact_journeys

__all__ = ["contact_journeys"]
