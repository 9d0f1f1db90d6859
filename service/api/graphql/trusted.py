"""Which document a request means: the one it sends, or one that its workspace has registered.

A request names a registered one by `documentId` (GraphQL over HTTP, appendix on persisted
documents) or by `extensions.persistedQuery`, as clients of Apollo do. Nothing is registered by
asking for it.
"""

from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from service.api.remembering import Remembered
from service.database import Database
from service.domain import access
from service.domain.errors import DomainError, Invalid, Kind, Problem
from service.domain.work import Caller
from service.settings import Settings

KEPT = 4 * 1024 * 1024
"""Bytes of registered documents, of all workspaces, that one process remembers."""
ENTRY = 512
"""Bytes that one takes besides its text."""
REFUSALS = 10_000
"""Hashes without a document that it remembers besides."""
_IGNORING = ConfigDict(extra="ignore", populate_by_name=True)


class PersistedQueryNotFound(DomainError):
    """Nothing is registered with this hash. Clients know the message and the code by heart."""

    kind, code = Kind.NOT_FOUND, "persisted_query_not_found"

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound")


class NotTrusted(DomainError):
    """The workspace allows registered documents alone, and this is none."""

    kind, code = Kind.FORBIDDEN, "document_not_trusted"

    def __init__(self) -> None:
        super().__init__("This workspace answers trusted documents alone, and this is none.")


class NotByGet(Exception):
    """Only queries are run by GET."""


class PersistedQuery(BaseModel):
    """A document by its hash, as clients of Apollo send it."""

    model_config = _IGNORING
    version: Literal[1]
    sha256: Annotated[str, Field(alias="sha256Hash", pattern="^[0-9a-f]{64}$")]


class Extensions(BaseModel):
    """What else a request says; members nobody knows are ignored."""

    model_config = _IGNORING
    persisted: Annotated[PersistedQuery | None, Field(alias="persistedQuery")] = None
    cost: Any = None
    """With `true` the answer tells what it may have cost."""


class Asked(BaseModel):
    """A request, as GraphQL over HTTP has it."""

    model_config = _IGNORING
    query: Annotated[str, Field(min_length=1)] | None = None
    variables: dict[str, Any] | None = None
    operation_name: Annotated[str | None, Field(alias="operationName")] = None
    extensions: Extensions | None = None
    named: Annotated[
        Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")] | None, Field(alias="documentId")
    ] = None

    @property
    def document_id(self) -> str | None:
        """The registered document that it names, if it does."""
        persisted = self.extensions and self.extensions.persisted
        return self.named or (f"sha256:{persisted.sha256}" if persisted else None)

    @property
    def tells_cost(self) -> bool:
        """Whether the answer tells what it may have cost."""
        return self.extensions is not None and self.extensions.cost is True


def _size(text: str) -> int:
    return ENTRY + len(text)


class TrustedDocuments:
    """What workspaces have registered, as this process knows it."""

    def __init__(self, database: Database, settings: Settings, most: int = KEPT) -> None:
        self._database = database
        moment = timedelta(seconds=settings.key_cache_seconds)
        self._texts: Remembered[str] = Remembered(moment, most, _size, REFUSALS)

    async def meant(self, caller: Caller, asked: Asked, moment: timedelta | None = None) -> str:
        """The text of the document that is asked for. `moment`: how old what is known of it may be,
        where that is less than is usual.

        Raises `Invalid` where a request names none, or sends another than it names;
        `PersistedQueryNotFound`; `NotTrusted`.
        """
        sent, named = asked.query, asked.document_id
        if named is None:
            if sent is None:
                said = "is needed, or the documentId of one that is registered"
                raise Invalid([Problem("/query", "missing", said)])
            if not caller.trusted_only:
                return sent
            if await self._text(caller, access.document_id(sent), moment) is None:
                raise NotTrusted
            return sent
        if sent is not None and access.document_id(sent) != named:
            raise Invalid([Problem("/query", "another_document", "is not the document named")])
        found = await self._text(caller, named, moment)
        if found is not None:
            return found
        if sent is None:
            raise PersistedQueryNotFound
        if caller.trusted_only:
            raise NotTrusted
        return sent

    async def _text(self, caller: Caller, named: str, moment: timedelta | None) -> str | None:
        name, look = caller.workspace_id.bytes + named.encode(), partial(self._look, caller, named)
        return await self._texts.get(name, self._database.clock(), look, moment)

    async def _look(self, caller: Caller, named: str) -> str | None:
        async with self._database.read(caller) as work:
            return await access.trusted_text(work, named)


def known(request: Request) -> TrustedDocuments:
    """What workspaces have registered."""
    found: TrustedDocuments = request.scope["app"].state.trusted_documents
    return found
