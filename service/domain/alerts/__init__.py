"""Alerts: rules on figures and gaps, how they stand, and what fired."""

from service.domain.alerts.asking import Rule
from service.domain.alerts.firing_inputs import (
    AlertChanged,
    AlertFigure,
    AlertFiring,
    AlertFiringList,
)
from service.domain.alerts.inputs import (
    AlertChange,
    AlertCondition,
    AlertGap,
    AlertKpi,
    AlertList,
    AlertState,
    AlertWatch,
    NewAlert,
)
from service.domain.alerts.judged import Judged
from service.domain.alerts.reads import MOST, due, failing, firings_of, looked_at
from service.domain.alerts.writes import ALERT_FIRINGS, ALERTS, keep_states

__all__ = [
    "ALERTS",
    "ALERT_FIRINGS",
    "MOST",
    "AlertChange",
    "AlertChanged",
    "AlertCondition",
    "AlertFigure",
    "AlertFiring",
    "AlertFiringList",
    "AlertGap",
    "AlertKpi",
    "AlertList",
    "AlertState",
    "AlertWatch",
    "Judged",
    "NewAlert",
    "Rule",
    "due",
    "failing",
    "firings_of",
    "keep_states",
    "looked_at",
]
