"""Evidence: findings and their sources, themes, and the content that answers."""

from service.domain.evidence.choices import Basis, NoSentiment, SourceKind
from service.domain.evidence.inputs import (
    EvidenceList,
    EvidenceSourceList,
    NewEvidence,
    NewEvidenceSource,
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
from service.domain.evidence.writes import EVIDENCE, EVIDENCE_SOURCES

__all__ = [
    "EVIDENCE",
    "EVIDENCE_SOURCES",
    "Basis",
    "EvidenceList",
    "EvidenceSourceList",
    "NewEvidence",
    "NewEvidenceSource",
    "NoSentiment",
    "SourceKind",
    "content",
    "content_answers",
    "content_personas",
    "content_profiles",
    "content_touchpoints",
    "evidence",
    "evidence_sources",
    "evidence_targets",
]
