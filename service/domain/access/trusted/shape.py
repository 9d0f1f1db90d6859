"""How trusted documents are shown and listed: in a list without their texts."""

from service.domain.access.trusted.tables import trusted_documents
from service.domain.filters import Vocabulary
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns

TRUSTED_DOCUMENT = Shape(
    "TrustedDocument",
    trusted_documents,
    columns("id", "name", "document_id", "document", "version", "created_at", "updated_at"),
    long=frozenset({"document"}),
)
TRUSTED_DOCUMENTS = Listing(
    TRUSTED_DOCUMENT,
    sorts=("created_at", "updated_at", "name"),
    vocabulary=Vocabulary({}),
    typed=equals("document_id"),
)
