"""Evidence: findings and their sources, themes, and the content that answers."""

from service.domain.evidence.choices import Basis, NoSentiment, SourceKind
from service.domain.evidence.inputs import (
    MOST_TARGETS,
    EvidenceList,
    EvidenceSourceList,
    NewEvidence,
    NewEvidenceSource,
)
from service.domain.evidence.items import (
    CONTENT,
    CONTENT_FORM,
    CONTENT_OF,
    ContentAudience,
    ContentList,
    NewContent,
    Owner,
)
from service.domain.evidence.people.reads import REASONS as LEFT_OUT
from service.domain.evidence.people.reads import counts, left_out
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
from service.domain.evidence.writes import EVIDENCE, EVIDENCE_ABOUT, EVIDENCE_SOURCES

__all__ = [
    "CONTENT",
    "CONTENT_FORM",
    "CONTENT_OF",
    "EVIDENCE",
    "EVIDENCE_ABOUT",
    "EVIDENCE_SOURCES",
    "LEFT_OUT",
    "MOST_TARGETS",
    "Basis",
    "ContentAudience",
    "ContentList",
    "EvidenceList",
    "EvidenceSourceList",
    "NewContent",
    "NewEvidence",
    "NewEvidenceSource",
    "NoSentiment",
    "Owner",
    "SourceKind",
    "content",
    "content_answers",
    "content_personas",
    "content_profiles",
    "content_touchpoints",
    "counts",
    "evidence",
    "evidence_sources",
    "evidence_targets",
    "left_out",
]
