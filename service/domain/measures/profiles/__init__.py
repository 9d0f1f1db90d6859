"""Who belongs to which profile, where figures are told apart by them."""

from service.domain.measures.profiles.reads import members

__all__ = ["members"]
