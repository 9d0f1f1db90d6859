"""How receipts of erasures are shown and listed."""

from service.domain.filters import Type, Vocabulary
from service.domain.paging import Listing
from service.domain.privacy.tables import erasures
from service.domain.shapes import Shape, columns

ERASURE = Shape(
    "Erasure",
    erasures,
    columns("id", "counts", "identifiers", "lifted_at", "version", "created_at", "updated_at"),
)
ERASURES = Listing(
    ERASURE,
    sorts=("created_at",),
    vocabulary=Vocabulary(
        dict.fromkeys(("created_at", "lifted_at"), Type.INSTANT) | {"id": Type.UUID}
    ),
    typed={},
)
