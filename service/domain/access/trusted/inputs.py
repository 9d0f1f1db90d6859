"""What callers send of trusted documents."""

import hashlib
import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from service.domain.access.inputs import PlainList
from service.domain.inputs import Input, Line, Saying
from service.domain.words import told

LONGEST_DOCUMENT = 64 * 1024
"""Characters: no longer one is run."""
MOST_DOCUMENTS = 2_000
"""Of one workspace."""
_DIGITS = re.compile("[0-9a-f]{64}")
EXAMPLE_DOCUMENT_ID = "sha256:3e2f1f1e8c0a4ad2bba2a1a4bb1d8b3c4a9ad80a9c0f8b8f5a5ce0b2c1d7f6a9"


def document_id(text: str) -> str:
    """By what a document is asked for: `sha256:` and the SHA-256 of its UTF-8 as 64 lower-case
    hexadecimal digits (GraphQL over HTTP, appendix on persisted documents)."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _named(hash_: str) -> str:
    """The id, also of the digits alone, as clients of Apollo name a document."""
    return f"sha256:{hash_}" if _DIGITS.fullmatch(hash_) else hash_


class NewTrustedDocument(Input):
    """A GraphQL document that callers may ask for by its hash."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"document_id"}
    often_changed = ("name",)
    name: Annotated[Line, told("How people call it.", "The page of a journey")]
    document: Annotated[
        Annotated[Saying, Field(max_length=LONGEST_DOCUMENT)],
        told(
            "Its text, to the last character as clients hash it; it is read when it is run.",
            "query Page($id: ID!) { journey(id: $id) { title } }",
        ),
    ]


class TrustedDocumentList(PlainList):
    """Documents, by their hash."""

    document_id: Annotated[
        Annotated[str, Field(max_length=100), AfterValidator(_named)] | None,
        told(
            "Only the one with this hash, with `sha256:` before it or without.", EXAMPLE_DOCUMENT_ID
        ),
    ] = None
