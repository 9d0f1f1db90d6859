"""Evidence: findings and their sources, themes, and the content that answers."""

from service.domain.evidence.library import (
    CONTENT,
    CONTENT_FORM,
    ContentAudience,
    ContentList,
    NewContent,
    Owner,
    Shown,
    content_of,
)
from service.domain.evidence.tables import (
    content,
    content_answers,
    content_personas,
    content_profiles,
    content_touchpoints,
    evidence,
    evidence_sources,
    evidence_targets,
)

__all__ = [
    "CONTENT",
    "CONTENT_FORM",
    "ContentAudience",
    "ContentList",
    "NewContent",
    "Owner",
    "Shown",
    "content",
    "content_answers",
    "content_of",
    "content_personas",
    "content_profiles",
    "content_touchpoints",
    "evidence",
    "evidence_sources",
    "evidence_targets",
]
