"""Who belongs to which profile, where figures are told apart by them."""

from service.domain.measures.profiles.reads import members, members_by_id

__all__ = ["members", "members_by_id"]
