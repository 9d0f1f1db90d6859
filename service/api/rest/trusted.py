"""The GraphQL documents that callers of a workspace may ask for by their hash."""

from fastapi import APIRouter

from service.api.rest.documents import Resource, shown
from service.api.rest.resources import collection
from service.api.route import Route
from service.domain import access
from service.domain.words import told

router = APIRouter(route_class=Route)

TrustedDocument = shown(
    access.NewTrustedDocument,
    Resource,
    document_id=(
        str,
        told("What GraphQL's `documentId` takes: sha256:<its hash>.", access.EXAMPLE_DOCUMENT_ID),
    ),
)

collection(
    router,
    "/v1/trusted-documents",
    access.TRUSTED_DOCUMENTS,
    TrustedDocument,
    access.TrustedDocumentList,
)
