"""Where and when events showed a gap, what it was compared with, and what it is worth: parts of a
gap, encoded as they stand. Pure."""

from typing import Annotated

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import told
from service.domain.insights.emotion_curve import Id
from service.domain.insights.gaps.passage import ALWAYS, Passage, Span, instant
from service.domain.shares import Proportion


class GapWhere(Struct, frozen=True, gc=False):
    """The slice of contacts, or of events, that a gap was seen in."""

    dimension: Annotated[
        str, told("By what contacts were told apart; `event`: events by their name.", "device")
    ]
    value: Annotated[str, told("The slice; of a profile its id, of events their name.", "mobile")]
    name: Annotated[str | UnsetType, told("What a profile is called; else absent.", "Savers")] = (
        UNSET
    )


_FROM, _TO = "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"


class GapPeriod(Struct, frozen=True, gc=False, kw_only=True):
    """The range of time that a gap was seen in."""

    from_: Annotated[str, told("Its beginning, else the first event.", _FROM)] = field(name="from")
    to: Annotated[str, told("Its end, which is not in it, else that of all events.", _TO)]


class GapBaseline(Struct, frozen=True, gc=False, kw_only=True):
    """What a gap was compared with."""

    basis: Annotated[
        str,
        told(
            "Which contacts: `rest`, those of the same range outside the slice; all `before` the"
            " range, those of the `previous` range of its length, or of the `given` one; of a"
            " handoff those of transitions `not_crossing`.",
            "rest",
        ),
    ]
    share: Annotated[float | None, told("What share of them went on.", 0.12)]
    continuation: Annotated[Proportion | None, told("The same with counts and interval.")] = None
    undecided: Annotated[int | None, told("Those who may still go on, apart.", 3)] = None
    from_: Annotated[str | None, told("Its beginning; null: the first event.", _FROM)] = field(
        default=None, name="from"
    )
    to: Annotated[str | None, told("Its end; null: the last event.", _TO)] = None


class GapDifference(Struct, frozen=True, gc=False):
    """By how much the share of those who went on differs from the baseline's."""

    value: Annotated[float, told("The share less that of the baseline.", -0.25)]
    low: Annotated[float, told("The Newcombe 95 % interval's lower end.", -0.37)]
    high: Annotated[float, told("The Newcombe 95 % interval's upper end.", -0.1)]
    p_value: Annotated[
        float | None,
        told("Fisher's exact, of many comparisons; null: it is the only one.", 0.001),
    ]


class GapWorth(Struct, frozen=True, gc=False):
    """An amount of money."""

    amount: Annotated[float, told("How much, in that currency.", 1250.5)]
    currency: Annotated[str, told("The ISO 4217 code.", "EUR")]


class GapKpi(Struct, frozen=True, gc=False, kw_only=True):
    """A KPI that stands somewhere on a map, what it comes to there, and what it should be."""

    kpi_id: Annotated[Id, told("The own KPI that it is.", "0198c7f0-0000-7000-8000-0000000000f0")]
    kpi: Annotated[str, told("Its key.", "orders-by-visitors")]
    name: Annotated[str, told("How people call it.", "Orders by visitors")]
    unit: Annotated[str, told("The unit of the figure and of the target.", "share")]
    value: Annotated[float, told("The figure.", 0.032)]
    currency: Annotated[str | None, told("Of money the ISO 4217 code; else null.", None)] = None
    numerator: Annotated[float | None, told("What is above the line; null: nothing.", 32)] = None
    denominator: Annotated[float | None, told("What is below it; null: nothing.", 1000)] = None
    low: Annotated[float | None, told("The 95 % interval's lower end; null: none.", 0.023)] = None
    high: Annotated[float | None, told("The 95 % interval's upper end.", 0.045)] = None
    target: Annotated[float, told("What it should be.", 0.05)]
    direction: Annotated[str, told("Which way it should go: up or down.", "up")]
    from_: Annotated[
        str | None, told("Of what was done from then on; null: ever.", "2026-05-01T00:00:00Z")
    ] = field(name="from", default=None)
    to: Annotated[str | None, told("And before then.", "2026-06-01T00:00:00Z")] = None


def period_of(passage: Passage, span: Span = ALWAYS) -> GapPeriod:
    """A range as a gap tells it: where it has no bounds, the events have."""
    first, last = passage.extent
    from_ = passage.span.from_ if span.from_ is None else span.from_
    to = passage.span.to if span.to is None else span.to
    return GapPeriod(
        from_=instant(first if from_ is None else from_), to=instant(last if to is None else to)
    )
