"""The newest revisions of maps, a page of each."""

from service.domain.journeys.newest_revisions.reads import Newest, newest

__all__ = ["Newest", "newest"]
