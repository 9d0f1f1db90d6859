"""What is stored of a gap: what people made of it."""

from service.domain.filters import Vocabulary
from service.domain.insights.tables import gap_states
from service.domain.paging import Listing
from service.domain.shapes import Shape, columns

GAP = Shape(
    "Gap",
    gap_states,
    columns("id", "journey_id", "status", "reason", "version", "created_at", "updated_at"),
)
GAPS = Listing(GAP, sorts=("created_at", "updated_at"), vocabulary=Vocabulary({}), typed={})
