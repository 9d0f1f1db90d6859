"""Trusted documents as resources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, select

from service.domain import references
from service.domain.access.trusted import shape
from service.domain.access.trusted.inputs import MOST_DOCUMENTS, NewTrustedDocument, document_id
from service.domain.access.trusted.tables import trusted_documents
from service.domain.errors import AlreadyExists, Invalid, Problem
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work


@dataclass(frozen=True, eq=False)
class TrustedDocuments(Resource):
    """What callers of a workspace may ask for by its hash."""

    async def ahead(self, work: Work, members: Mapping[str, Any]) -> None:
        """One at a time: who adds one sees how many there are."""
        await super().ahead(work, members)
        if "document" in members:
            await references.one_at_a_time(work, "trusted documents")

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Its hash is made of its text. Refuses a text that is registered already, and one more
        than a workspace may have."""
        values = await super().stored(work, resource_id, members)
        if "document" not in values:
            return values
        values["document_id"] = document_id(values["document"])
        hashed = values["document_id"]
        holder, others = await work.value(_HELD, which=resource_id, document_id=hashed)
        if holder is not None:
            detail = f"this document is registered already: {holder}"
            raise AlreadyExists(detail, [Problem("/document", "already_exists", detail)])
        if others >= MOST_DOCUMENTS:
            detail = f"a workspace has at most {MOST_DOCUMENTS} trusted documents"
            raise Invalid([Problem("/document", "too_many", detail)])
        return values


_other = trusted_documents.alias("other")
_is_it = _other.c.document_id == bindparam("document_id", type_=Text)
_HELD = Statement(
    select(func.row(func.min(_other.c.name).filter(_is_it), func.count())).where(
        _other.c.workspace_id == WORKSPACE, _other.c.id != bindparam("which", type_=Uuid())
    )
)
TRUSTED_DOCUMENTS = TrustedDocuments(
    "trusted_document",
    shape.TRUSTED_DOCUMENT,
    shape.TRUSTED_DOCUMENTS,
    NewTrustedDocument,
    reads=Scope.ADMIN,
    writes=Scope.ADMIN,
)
