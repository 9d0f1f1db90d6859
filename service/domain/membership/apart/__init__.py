"""Those whom figures leave out, of some contacts."""

from service.domain.membership.apart.reads import uncounted

__all__ = ["uncounted"]
