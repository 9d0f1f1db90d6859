"""How revisions are shown and listed."""

from service.domain.filters import Type, Vocabulary
from service.domain.journeys.revisions.inputs import RevisionKind
from service.domain.journeys.revisions.tables import revisions
from service.domain.kinds import words
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns

REVISION = Shape(
    "Revision",
    revisions,
    columns("id", "journey_id", "number", "kind", "label", "reason", "person", "key_id")
    | columns("published_at", "effective_from", "journey_version", "departments")
    | columns("version", "created_at", "updated_at")
    | {"journey": lambda row: row.c.document},
    long=frozenset({"journey"}),
)
REVISIONS = Listing(
    REVISION,
    sorts=("number", "created_at"),
    vocabulary=Vocabulary(
        dict.fromkeys(("created_at", "updated_at", "published_at"), Type.INSTANT)
        | {"effective_from": Type.INSTANT, "id": Type.UUID, "number": Type.NUMBER}
        | dict.fromkeys(("kind", "label", "reason", "person"), Type.TEXT)
        | {"departments": Type.TEXTS},
        choices={"kind": words(RevisionKind)},
    ),
    typed=equals("kind"),
    default_sort="-number",
)
