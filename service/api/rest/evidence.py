"""Evidence and its sources."""

from fastapi import APIRouter

from service.api.rest.documents import Named, shown
from service.api.rest.resources import by_external_id, collection
from service.api.route import Route
from service.domain import evidence
from service.domain.evidence import Basis, NoSentiment, SourceKind
from service.domain.words import told

router = APIRouter(route_class=Route)

EvidenceSource = shown(evidence.NewEvidenceSource, Named)
Evidence = shown(
    evidence.NewEvidence,
    Named,
    source_kind=(SourceKind, told("How it was collected.", "interview")),
    sentiment_basis=(Basis | None, told("What the sentiment rests on; null without.", "scored")),
    sentiment_reason=(NoSentiment | None, told("Why it has no sentiment.", None, "not_english")),
)

collection(
    router,
    "/v1/evidence",
    evidence.EVIDENCE,
    Evidence,
    evidence.EvidenceList,
)
collection(
    router,
    "/v1/evidence-sources",
    evidence.EVIDENCE_SOURCES,
    EvidenceSource,
    evidence.EvidenceSourceList,
    leads_to={"list_evidence": "source_id"},
)
by_external_id(router, "/v1/evidence", evidence.EVIDENCE, Evidence)
by_external_id(router, "/v1/evidence-sources", evidence.EVIDENCE_SOURCES, EvidenceSource)
