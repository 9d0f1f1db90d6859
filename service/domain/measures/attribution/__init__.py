"""Attribution: which touches conversions are owed to."""

from service.domain.measures.attribution.asking import attribution
from service.domain.measures.attribution.credit import Attribution
from service.domain.measures.attribution.inputs import AttributionQuery

__all__ = ["Attribution", "AttributionQuery", "attribution"]
