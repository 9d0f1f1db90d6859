"""What a connection asks: the findings about one row, and a part of them."""

from typing import NamedTuple
from uuid import UUID

from service.domain.reading import Document


class About(NamedTuple):
    """Which findings about which row: at most `first`, the newest, behind the finding `after`."""

    owner_id: UUID
    first: int
    after: UUID | None = None


class Part(NamedTuple):
    """Some findings about a row, in order, and how many there are, if that was asked."""

    items: list[Document]
    more: bool
    total: int | None
