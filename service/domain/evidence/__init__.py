"""Evidence: findings and their sources, themes, and the content that answers."""

from service.domain.evidence.about import About, Part
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
    ContentAudience,
    ContentList,
    NewContent,
    Owner,
    Shown,
    content_of,
)
from service.domain.evidence.reads import evidence_about
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
from service.domain.evidence.writes import EVIDENCE, EVIDENCE_SOURCES

__all__ = [
    "CONTENT",
    "CONTENT_FORM",
    "EVIDENCE",
    "EVIDENCE_SOURCES",
    "MOST_TARGETS",
    "About",
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
    "Part",
    "Shown",
    "SourceKind",
    "content",
    "content_answers",
    "content_of",
    "content_personas",
    "content_profiles",
    "content_touchpoints",
    "evidence",
    "evidence_about",
    "evidence_sources",
    "evidence_targets",
]
