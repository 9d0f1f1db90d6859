"""What the state of a map is, and why there may be none.

Pure.
"""

from typing import NamedTuple
from uuid import UUID

from service.domain.errors import DomainError, Kind
from service.domain.journeys.revisions.referring import DRAFT


class RevisionNotFound(DomainError):
    """The map has no such revision, or none was in force then."""

    kind, code = Kind.NOT_FOUND, "revision_not_found"


class NeverPublished(DomainError):
    """The map has a draft and nothing else."""

    kind, code = Kind.NOT_FOUND, "never_published"

    def __init__(self) -> None:
        super().__init__("This journey was never published: there is its draft alone.")


class State(NamedTuple):
    """A map as it is, or was: `revision` is a number or `draft`, `version` the map's then."""

    journey_id: UUID
    revision: int | str
    version: int
    json: str

    @property
    def etag(self) -> str:
        """The draft's is that of the map; a revision never changes."""
        tail = "" if self.revision == DRAFT else "-revision"
        return f'"{self.version if self.revision == DRAFT else self.revision}{tail}"'
