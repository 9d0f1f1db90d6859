"""What callers set; what they leave out is as `preferences` has it."""

from typing import Annotated

from pydantic import Field, Strict

from service.domain.access.inputs import TimeZone
from service.domain.access.settings.roles import EventRoles
from service.domain.inputs import WHOLE, Flag, Input
from service.domain.preferences import DEFAULTS, ESTIMATES, SESSION_TIMEOUT
from service.domain.words import told

_YEARS = 31_622_400 * 10
_WEIGHTS = DEFAULTS.handoff_weights
_Share = Annotated[float, Strict(), Field(gt=0, le=1)]
_Number = Annotated[float, Strict(), Field(ge=0, le=1_000_000)]
_Weight = Annotated[float, Strict(), Field(ge=0, le=1000)]


class SettingsWeights(Input):
    """How much each signal of a handoff counts beside the others; 0 leaves it out."""

    shown_only = frozenset()
    crossing: Annotated[
        Annotated[float, Strict(), Field(gt=0, le=1000)],
        told("Of the changed dimensions; above 0, since it is always known.", 0.2),
    ] = _WEIGHTS.crossing
    emotion_drop: Annotated[_Weight, told("Of the fall in rating across it.", 0.25)] = (
        _WEIGHTS.emotion_drop
    )
    emotion_low: Annotated[_Weight, told("Of a rating below zero behind it.", 0.15)] = (
        _WEIGHTS.emotion_low
    )
    excess_drop_off: Annotated[
        _Weight, told("Of contacts lost beyond those lost where nothing is crossed.", 0.3)
    ] = _WEIGHTS.excess_drop_off
    excess_delay: Annotated[_Weight, told("Of time beyond what is expected.", 0.1)] = (
        _WEIGHTS.excess_delay
    )


class SettingsEstimates(Input):
    """What estimates rest on that nobody counts."""

    shown_only = frozenset()
    complaint_rate: Annotated[_Share, told("The share of the unhappy who complain.", 0.04)] = (
        ESTIMATES["complaint_rate"]
    )
    unhappy_share: Annotated[_Share, told("The share of the unhappy who tell others.", 0.13)] = (
        ESTIMATES["unhappy_share"]
    )
    unhappy_told: Annotated[_Number, told("How many each of them tells.", 15)] = ESTIMATES[
        "unhappy_told"
    ]
    happy_share: Annotated[_Share, told("The share of the happy who tell others.", 0.72)] = (
        ESTIMATES["happy_share"]
    )
    happy_told: Annotated[_Number, told("How many each of them tells.", 6)] = ESTIMATES[
        "happy_told"
    ]


class NewSettings(Input):
    """The settings of a workspace: time zone, weights and limits of what is computed."""

    often_changed = ("silence_seconds",)
    time_zone: Annotated[
        TimeZone,
        told("By which reports cut days, weeks and months (IANA name).", "Europe/Vienna"),
    ] = "UTC"
    handoff_weights: Annotated[
        SettingsWeights, told("The weights of a handoff's signals.", {"crossing": 0.2})
    ] = SettingsWeights()
    least_count: Annotated[
        Annotated[int, Field(ge=1, le=1_000_000), WHOLE],
        told("Fewer contacts than these are compared with nothing.", 30),
    ] = DEFAULTS.least_count
    evidence_stale_days: Annotated[
        Annotated[int, Field(ge=1, le=36_500), WHOLE],
        told("Evidence that was observed more days ago is stale.", 180),
    ] = DEFAULTS.evidence_stale_days
    silence_seconds: Annotated[
        Annotated[int, Field(ge=1, le=_YEARS), WHOLE],
        told("A longer time without a planned touch on the way to the decision is a gap.", 604_800),
    ] = DEFAULTS.silence_seconds
    waited_seconds: Annotated[
        Annotated[int, Field(ge=0, le=_YEARS), WHOLE],
        told("A step at which the client waits longer is an effort.", 300),
    ] = DEFAULTS.waited_seconds
    event_roles: Annotated[
        EventRoles, told("Which events play which role in figures.", {"order": "Order Completed"})
    ] = EventRoles()
    retention_days: Annotated[
        Annotated[int, Field(ge=1, le=36_500), WHOLE] | None,
        told("Days of 24 hours for which events are kept; null: for ever.", 1095),
    ] = None
    session_timeout_seconds: Annotated[
        Annotated[int, Field(ge=1, le=31_622_400), WHOLE],
        told("A longer pause ends a session, where a query does not say otherwise.", 1_800),
    ] = SESSION_TIMEOUT
    estimates: Annotated[
        SettingsEstimates, told("What estimates rest on by default.", {"complaint_rate": 0.04})
    ] = SettingsEstimates()
    small_cells: Annotated[
        Annotated[int, Field(ge=2, le=1_000), WHOLE] | None,
        told("Counts under it, and what would tell them, are left out of measures; null: none.", 5),
    ] = None
    form_fields: Annotated[
        Annotated[int, Field(ge=0, le=10_000), WHOLE],
        told("A step with more form fields is an effort.", 10),
    ] = DEFAULTS.form_fields
    trusted_documents_only: Annotated[
        Flag, told("Whether GraphQL answers trusted documents alone.", False)
    ] = False
