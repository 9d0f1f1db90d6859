"""GraphQL documents that a workspace has registered, so that they are asked for by their hash."""

from service.domain.access.trusted.inputs import (
    EXAMPLE_DOCUMENT_ID,
    LONGEST_DOCUMENT,
    MOST_DOCUMENTS,
    NewTrustedDocument,
    TrustedDocumentList,
    document_id,
)
from service.domain.access.trusted.reads import trusted_text
from service.domain.access.trusted.writes import TRUSTED_DOCUMENTS

__all__ = [
    "EXAMPLE_DOCUMENT_ID",
    "LONGEST_DOCUMENT",
    "MOST_DOCUMENTS",
    "TRUSTED_DOCUMENTS",
    "NewTrustedDocument",
    "TrustedDocumentList",
    "document_id",
    "trusted_text",
]
