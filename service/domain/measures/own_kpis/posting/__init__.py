"""Figures of a KPI that were measured elsewhere: posted, listed, deleted."""

from service.domain.measures.own_kpis.posting.writes import (
    PostedOutcome,
    delete_value,
    post_values,
    values_of,
)

__all__ = ["PostedOutcome", "delete_value", "post_values", "values_of"]
