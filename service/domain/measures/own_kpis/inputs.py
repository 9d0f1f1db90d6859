"""What callers send for KPIs of their own."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from service.domain.currencies import CURRENCIES, NOT_A_CURRENCY
from service.domain.inputs import Condition, ExternalIds, Input, Key, Line, Prose, Slug
from service.domain.measures.inputs import Timeout
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.own_kpis.quantities import COUNTED
from service.domain.statements import as_json
from service.domain.times import Instant, forwards
from service.domain.words import Meaning, told

JOURNEY, STAGE, STEP = (f"0198c7f0-0000-7000-8000-0000000000{n}" for n in (40, 50, 60))
MOST_PLACES = 200
_MOST = 1e15
LONGEST_PARAMETERS = 10_000
Number = Annotated[float, Strict(), Field(ge=-_MOST, le=_MOST)]

Measure = Annotated[
    Literal["count", "contacts", "sessions", "sum", "mean", "median", "percentile"],
    Meaning(
        "What is made of the selected events.",
        {
            "count": "How many they are.",
            "contacts": "How many people did any of them.",
            "sessions": "How many sessions hold any of them; a session belongs to the range of its"
            " first event.",
            "sum": "The sum of a property, exact to the last decimal.",
            "mean": "The mean of a property.",
            "median": "The median of a property.",
            "percentile": "A percentile of a property, interpolated linearly.",
        },
        "KpiMeasure",
    ),
]
Mode = Annotated[
    Literal["share", "ratio", "value"],
    Meaning(
        "How a figure is made of its quantities.",
        {
            "share": "Of those in the denominator, how many are in the numerator as well; with its"
            " interval. Both count the same: events, contacts or sessions.",
            "ratio": "The numerator ÷ the denominator, whatever both are.",
            "value": "The numerator alone.",
        },
        "KpiMode",
    ),
]
Direction = Annotated[
    Literal["up", "down"],
    Meaning(
        "Which way a KPI should go.",
        {"up": "More of it is better.", "down": "Less of it is better."},
        "KpiDirection",
    ),
]
Aggregation = Annotated[
    Literal["latest", "sum", "mean", "ratio", "share"],
    Meaning(
        "How the posted values of a range become one figure.",
        {
            "latest": "The latest of them.",
            "sum": "Their sum.",
            "mean": "Their mean.",
            "ratio": "The sum of their numerators ÷ the sum of their denominators.",
            "share": "The same, of counts of which one is part of the other; with its interval.",
        },
        "KpiAggregation",
    ),
]


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError(NOT_A_CURRENCY, "must be a currency of ISO 4217")
    return code


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), AfterValidator(_currency)]


class KpiQuantity(Input):
    """What is counted or measured of selected events."""

    shown_only = frozenset()
    measure: Annotated[Measure, told("What is made of the events.", "sum")]
    events: Annotated[
        Condition,
        told("Which events: a condition, or an event's name; null: all.", "Order Completed"),
    ] = None
    property: Annotated[
        Line | None,
        told(
            "The field that holds the numbers, of a sum, mean, median or percentile.",
            "properties.value",
        ),
    ] = None
    percentile: Annotated[
        Annotated[float, Strict(), Field(ge=0, le=100)] | None,
        told("Which percentile, 0 to 100; of a percentile alone.", None),
    ] = None
    currency: Annotated[
        Currency | None,
        told(
            "The ISO 4217 code of a property that is money: only events whose"
            " `properties.currency` it is count, so that no two are mixed.",
            "EUR",
        ),
    ] = None

    @model_validator(mode="after")
    def _whole(self) -> "KpiQuantity":
        counted = self.measure in COUNTED
        if counted and (self.property is not None or self.currency is not None):
            raise PydanticCustomError("not_applicable", "a count has no property and no currency")
        if not counted and self.property is None:
            raise PydanticCustomError("required", f"a {self.measure} needs a property")
        if self.measure == "percentile" and self.percentile is None:
            raise PydanticCustomError("required", "a percentile needs to say which percentile")
        if self.measure != "percentile" and self.percentile is not None:
            raise PydanticCustomError("not_applicable", f"a {self.measure} has no percentile")
        return self


class KpiFormula(Input):
    """How an own KPI is computed of what people did."""

    shown_only = frozenset()
    mode: Annotated[Mode, told("How the figure is made of its quantities.", "share")]
    numerator: Annotated[KpiQuantity, told("What is measured; of a value, all of it.")]
    denominator: Annotated[
        KpiQuantity | None, told("By what it is divided; of a share or a ratio.")
    ] = None
    timeout_seconds: Annotated[
        Timeout | None, told("A longer pause ends a session; null: as in the settings.", 1_800)
    ] = None

    @model_validator(mode="after")
    def _whole(self) -> "KpiFormula":
        if self.denominator is None and self.mode != "value":
            raise PydanticCustomError("required", f"a {self.mode} needs a denominator")
        if self.denominator is not None and self.mode == "value":
            raise PydanticCustomError("not_applicable", "a value has no denominator")
        if self.denominator is not None and self.mode == "share":
            kinds = {self.numerator.measure, self.denominator.measure}
            if len(kinds) > 1 or not kinds <= {*COUNTED}:
                message = "both parts of a share count the same: events, contacts or sessions"
                raise PydanticCustomError("not_a_share", message)
        return self


class KpiTarget(Input):
    """What a KPI should reach, always or in a time."""

    shown_only = frozenset()
    value: Annotated[Number, told("The figure to reach; of a share 0 to 1.", 0.05)]
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told("Since when it holds; null: ever since.", "2026-01-01T00:00:00Z"),
    ] = None
    to: Annotated[
        Instant | None, told("Until before when; null: for good.", "2027-01-01T00:00:00Z")
    ] = None

    @model_validator(mode="after")
    def _forwards(self) -> "KpiTarget":
        forwards(self.from_, self.to)
        return self


class KpiPlace(Input):
    """Where on a map a KPI stands: the map, a stage of it, or a step."""

    shown_only = frozenset()
    journey_id: Annotated[
        UUID | None, told("The map; that of the stage or step, where one is named.", JOURNEY)
    ] = None
    stage_id: Annotated[UUID | None, told("The stage of it, where it is one.", STAGE)] = None
    step_id: Annotated[UUID | None, told("The step of it, where it is one.", STEP)] = None

    @model_validator(mode="after")
    def _one_place(self) -> "KpiPlace":
        if self.stage_id is not None and self.step_id is not None:
            raise PydanticCustomError("one_of", "names a stage or a step, not both")
        if self.journey_id is self.stage_id is self.step_id is None:
            raise PydanticCustomError("required", "needs journey_id, stage_id or step_id")
        return self


def _small(sent: dict[str, Any]) -> dict[str, Any]:
    written = as_json(sent)
    if len(written) > LONGEST_PARAMETERS:
        message = f"must be written in at most {LONGEST_PARAMETERS} characters"
        raise PydanticCustomError("too_long", message)
    if "\\u0000" in written:
        raise PydanticCustomError("text_not_storable", "must not contain the character U+0000")
    return sent


SentParameters = Annotated[dict[str, Any], AfterValidator(_small)]


class NewKpi(Input):
    """A KPI of the workspace's own, or a target on a built-in one.

    Its figure comes from its `definition`, from the built-in KPI that it names, or, where it has
    neither, from what is posted at `/values`.
    """

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"own", "meaning"}
    often_changed = ("name", "direction")
    key: Annotated[
        Key | None,
        told(
            "By which people name it; made from the name if absent, and kept when that changes.",
            "orders-by-visitors",
        ),
    ] = None
    name: Annotated[Line, told("How people call it.", "Orders by visitors")]
    description: Annotated[
        Prose | None, told("What it says, in sentences.", "Of those who come, who buys.")
    ] = None
    unit: Annotated[Slug | None, told("The unit of the figure and of the target.", "share")] = None
    direction: Annotated[
        Direction,
        told("Which way it should go; if absent up, of a built-in one as that should.", "up"),
    ] = "up"
    target: Annotated[KpiTarget | None, told("What it should reach.", {"value": 0.05})] = None
    owner: Annotated[Slug | None, told("The department that answers for it.", "marketing")] = None
    places: Annotated[
        Annotated[list[KpiPlace], Field(max_length=MOST_PLACES)],
        told(
            "Where on maps it stands. A place goes when that part of its map goes.",
            [{"journey_id": JOURNEY}],
        ),
    ] = Field(default_factory=list)
    definition: Annotated[
        KpiFormula | None,
        told(
            "How it is computed of what people did; null: it is not.",
            {
                "mode": "share",
                "numerator": {"measure": "contacts", "events": "Order Completed"},
                "denominator": {"measure": "contacts"},
            },
        ),
    ] = None
    built_in: Annotated[
        Slug | None, told("The built-in KPI that it is, or sets a target on, instead.", None)
    ] = None
    parameters: Annotated[
        SentParameters | None, told("The parameters of the built-in KPI; null: its defaults.", None)
    ] = None
    aggregation: Annotated[
        Aggregation, told("How posted values of a range become one figure.", "latest")
    ] = "latest"
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )

    @model_validator(mode="after")
    def _as_the_built_in_one(self) -> "NewKpi":
        kpi = BUILT_IN.get(self.built_in or "")
        if kpi is not None and kpi.falls and "direction" not in self.model_fields_set:
            self.direction = "down"
        return self
