"""Which document has a hash."""

from sqlalchemy import Text, bindparam, select

from service.domain.access.trusted.tables import trusted_documents
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work

_FIND = Statement(
    select(trusted_documents.c.document).where(
        trusted_documents.c.workspace_id == WORKSPACE,
        trusted_documents.c.document_id == bindparam("document_id", type_=Text),
    )
)


async def trusted_text(work: Work, document_id: str) -> str | None:
    """The text of the document that the workspace has registered with this hash, or None.

    For whoever has a key of the workspace: to run it takes the scopes of what it asks for.
    """
    found: str | None = await work.value(_FIND, document_id=document_id)
    return found
