"""The library: items of content, whom they are for, and what they answer."""

from service.domain.evidence.items.forms import CONTENT_FORM
from service.domain.evidence.items.inputs import (
    ContentAnswer,
    ContentAudience,
    ContentList,
    NewContent,
)
from service.domain.evidence.items.reads import Owner, Shown, content_of
from service.domain.evidence.items.writes import CONTENT

__all__ = [
    "CONTENT",
    "CONTENT_FORM",
    "ContentAnswer",
    "ContentAudience",
    "ContentList",
    "NewContent",
    "Owner",
    "Shown",
    "content_of",
]
