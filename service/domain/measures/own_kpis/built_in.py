"""Which KPIs are built in, so that a target on one names a KPI that there is."""

from service.domain.errors import Problem
from service.domain.measures.kpis import BUILT_IN


def unknown_built_in(key: str) -> list[Problem]:
    """A problem where no built-in KPI has this key."""
    if key in BUILT_IN:
        return []
    detail = f"must be one of {', '.join(BUILT_IN)}"
    return [Problem("/built_in", "unknown_kpi", detail)]
