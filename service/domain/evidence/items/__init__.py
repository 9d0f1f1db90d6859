"""The library: items of content, whom they are for, and what they answer."""

from service.domain.evidence.items.forms import CONTENT_FORM
from service.domain.evidence.items.inputs import (
    ContentAnswer,
    ContentAudience,
    ContentList,
    NewContent,
)
from service.domain.evidence.items.writes import CONTENT, CONTENT_OF, Owner

__all__ = [
    "CONTENT",
    "CONTENT_FORM",
    "CONTENT_OF",
    "ContentAnswer",
    "ContentAudience",
    "ContentList",
    "NewContent",
    "Owner",
]
