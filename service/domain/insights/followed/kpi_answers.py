"""What is answered of a map's own KPIs."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Struct, UnsetType, field

from service.domain import measures
from service.domain.answers import COUNT, told
from service.domain.insights.emotion_curve import Id
from service.domain.insights.followed.answers import JourneyId, Judging, Nothing
from service.domain.measures import RangeDefinition
from service.domain.reasons import TEXTS
from service.domain.shares import Excluded

UNKNOWN = "unknown"


class JourneyKpisDefinition(RangeDefinition, frozen=True, gc=False):
    """What was looked at, and how."""

    compare: Annotated[str | None, told("With what it is compared, as asked.", "previous_period")]
    unit: Annotated[str, told("What is counted of stages.", "contact")]
    window_seconds: Annotated[
        int, told("Who goes no further for longer has dropped out of a stage.", 1_209_600)
    ]
    revision: Judging


class JourneyKpi(measures.KpiValued, frozen=True, gc=False, kw_only=True):
    """A KPI of a map, or of one of its stages."""

    kpi: Annotated[str, told("Its key.", "stage_abandonment")]
    built_in: Annotated[
        str | None,
        told(
            "The key of the built-in KPI that it is. Where that is not `kpi`, it is the workspace's"
            " own one, `kpi_id`, which is the built-in one by another name, perhaps with parameters"
            " or a range of its own: the same figure may stand under both keys. Null: an own one"
            " that is none of these.",
            "stage_abandonment",
        ),
    ] = None
    unit: Annotated[str, told("share, number, score, points, seconds or money.", "share")]
    meaning: Annotated[str, told("What the figure is.", "Orders.")]
    kpi_id: Annotated[
        Id | None,
        told(
            "The workspace's own KPI that it is, or that sets its target; null: none.",
            "0198c7f0-0000-7000-8000-0000000000f0",
        ),
    ] = None
    name: Annotated[str | None, told("How people call that one.", "Orders by visitors")] = None
    owner: Annotated[str | None, told("The department that answers for that one.", "marketing")] = (
        None
    )
    direction: Annotated[str, told("Which way it should go: up or down.", "up")] = "up"
    target: Annotated[float | None, told("What it should be; null: nobody said.", 0.05)] = None
    status: Annotated[
        Literal["met", "missed", "unknown"],
        told(
            "Whether the target is met: of a share its interval decides, met where all of it is at"
            " the target or better, missed where all of it is worse.",
            UNKNOWN,
        ),
    ] = "unknown"
    status_reason: Annotated[
        str | UnsetType, told("Why the status is unknown; else absent.", measures.on_maps.NO_TARGET)
    ] = UNSET
    status_reason_text: Annotated[
        str | UnsetType, told("The same in a sentence.", TEXTS[measures.on_maps.NO_TARGET])
    ] = UNSET
    from_: Annotated[
        datetime | None,
        told("From then on: as asked, else as the target says.", "2026-05-01T00:00:00Z"),
    ] = field(name="from", default=None)
    to: Annotated[datetime | None, told("Before then, alike.", "2026-06-01T00:00:00Z")] = None
    assumption: Annotated[
        bool, told("Whether it rests on shares that nobody counted in this workspace.", False)
    ] = False
    stage_id: Annotated[
        Id | None,
        told("Of which stage; null: of the map.", "0198c7f0-0000-7000-8000-000000000050"),
    ] = None
    stage_key: Annotated[str | None, told("The same by its key.", "decision")] = None
    step_id: Annotated[Id | None, told("Of which step; null: of none alone.", None)] = None
    entered: Annotated[
        int | None, told("People who entered the stage in the range; null: of none.", 64), COUNT
    ] = None
    continued: Annotated[int | None, told("Of them, who went on within the window.", 40), COUNT] = (
        None
    )
    dropped: Annotated[int | None, told("Of them, who did not.", 20), COUNT] = None
    undecided: Annotated[int | None, told("Of them, whose window is still open.", 4), COUNT] = None
    comparison: Annotated[measures.KpiComparison | None, told("With a range before, if asked.")] = (
        None
    )
    excluded: Annotated[
        list[Excluded], told("What this figure leaves out beside the rest, by reason.")
    ] = field(default_factory=list)
    reason: Annotated[
        str | UnsetType,
        told(
            "Why something is null; else absent. `no_way_on`: no stage follows; `not_bound`: no"
            " event can be in it, or in a later one; `no_goal`, `unreadable_goal`,"
            " `needs_contacts_read`: of the map's goal; `no_complaint`: no complaint was ever at a"
            " step, so none is estimated; `small_cell`: too few; of an own KPI"
            " `not_computable`: its parameters are refused; `needs_contacts_read` as well;"
            " `posted_unfiltered`: what was posted is of no filter; `only_of_stages`,"
            " `only_of_whole_maps`: where it stands it means nothing.",
            "no_way_on",
        ),
    ] = UNSET


class StageInNeed(Struct, frozen=True, gc=False):
    """A stage that needs attention because of KPIs."""

    stage_id: Annotated[Id, told("Which one.", "0198c7f0-0000-7000-8000-000000000050")]
    stage_key: Annotated[str, told("By which people name it.", "consideration")]
    kpis: Annotated[
        list[str], told("The keys of those in it that miss their targets.", ["stage_abandonment"])
    ]


class JourneyKpis(Struct, frozen=True, gc=False):
    """A map's own KPIs."""

    journey_id: JourneyId
    definition: Annotated[JourneyKpisDefinition, told("What was looked at, and how.")]
    items: Annotated[
        list[JourneyKpi], told("Those of stages, in their order, then those of the whole map.")
    ]
    attention: Annotated[
        list[StageInNeed],
        told("The stages that need attention: where a KPI, of the stage or a step, is `missed`."),
    ]
    excluded: Annotated[list[Excluded], told("What does not count, by reason.")]
    reason: Nothing = UNSET
