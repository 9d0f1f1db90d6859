"""What callers send of figures that were measured elsewhere."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.domain.inputs import Input, Line, Slug
from service.domain.measures.own_kpis.inputs import Number
from service.domain.paging import ListQuery
from service.domain.times import Instant, forwards
from service.domain.words import told

MOST_VALUES = 1_000
MOST_KEYS = 10
_ALIKE = 1e-6


class PostedKpiValue(Input):
    """A figure measured elsewhere: as such, as numerator and denominator, or both."""

    shown_only = frozenset({"id", "kpi_id", "posted_at"})
    at: Annotated[Instant, told("The time it is of.", "2026-05-01T00:00:00Z")]
    value: Annotated[
        Number | None,
        told("The figure; if absent, the numerator ÷ the denominator.", 0.42),
    ] = None
    numerator: Annotated[Number | None, told("What is above the line, with a denominator.", 42)] = (
        None
    )
    denominator: Annotated[Number | None, told("What is below the line; not 0.", 100)] = None
    keys: Annotated[
        Annotated[dict[Slug, Line], Field(max_length=MOST_KEYS)],
        told("Of which part it is the figure; empty: of the whole.", {"device": "mobile"}),
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _a_figure(self) -> "PostedKpiValue":
        if (self.numerator is None) is not (self.denominator is None):
            raise PydanticCustomError("required", "numerator and denominator come together")
        if self.value is None and self.numerator is None:
            message = "needs a value, or numerator and denominator"
            raise PydanticCustomError("required", message)
        if self.numerator is not None and self.denominator is not None:
            if self.denominator == 0:
                raise PydanticCustomError("zero_denominator", "nothing is divided by 0")
            divided = self.numerator / self.denominator
            if self.value is not None and abs(self.value - divided) > _ALIKE * max(1, abs(divided)):
                message = "the value must be the numerator ÷ the denominator"
                raise PydanticCustomError("contradicts", message)
        return self


class PostedKpiValues(Input):
    """Figures of one KPI; what was posted of the same time and keys is replaced."""

    shown_only = frozenset()
    items: Annotated[
        Annotated[list[PostedKpiValue], Field(min_length=1, max_length=MOST_VALUES)],
        told("The figures, each of another time or of other keys."),
    ]


class PostedKpiValueList(ListQuery):
    """Posted figures of a KPI by time."""

    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told("Only those from then on.", "2026-05-01T00:00:00Z"),
    ] = None
    to: Annotated[Instant | None, told("Only those before then.", "2026-06-01T00:00:00Z")] = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        forwards(self.from_, self.to)
        return self
