"""What is answered of the sales funnel beside a map: structs, encoded as they stand. Pure."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import COUNT, told
from service.domain.insights.emotion_curve import Id
from service.domain.insights.followed.answers import JourneyId, Judging, Nothing
from service.domain.shares import Excluded, Proportion

_TIME = "2026-05-01T00:00:00Z"
Stage = Annotated[str, told("A stage of the sales funnel.", "intent")]


class SalesFunnelDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    from_: Annotated[datetime | None, told("Where events of then on leave somebody.", _TIME)] = (
        field(name="from")
    )
    to: Annotated[datetime | None, told("And of before then.", _TIME)]
    filter: Annotated[Any | None, told("Of which events, as it was asked.", None)]
    revision: Judging
    trait: Annotated[str, told("In which trait the CRM says it.", "lifecycle_stage")]
    mapping: Annotated[
        dict[str, str], told("Which of its values is which stage.", {"customer": "purchase"})
    ]
    order: Annotated[
        list[str],
        told(
            "The stages in their order, by which somebody is ahead or behind: the usual ones, and"
            " the map's own, each behind that of the stage before it on the map.",
            ["awareness", "interest"],
        ),
    ]
    unit: Annotated[str, told("What is counted.", "contact")] = "contact"
    stands: Annotated[
        str, told("Where somebody stands: at their last place in the range.", "last")
    ] = "last"


class SideBySide(Struct, frozen=True, gc=False):
    """How many are at a stage of the funnel, by the map and by the CRM."""

    funnel_stage: Stage
    on_map: Annotated[int | None, told("People who stand there, by what they did.", 40), COUNT]
    in_crm: Annotated[int | None, told("Contacts whom the CRM has there.", 52), COUNT]
    in_both: Annotated[int | None, told("People of whom both say so.", 31), COUNT]
    reason: Annotated[
        str | UnsetType,
        told(
            "Why one is null; else absent. `not_on_map`: no stage of the map is this one;"
            " `not_bound`: no event can be there; `not_mapped`: no value of the trait is this one;"
            " `small_cell`: too few.",
            "not_on_map",
        ),
    ] = UNSET


class MapStageBeside(Struct, frozen=True, gc=False):
    """How many stand at a stage of the map."""

    stage_id: Annotated[Id, told("Which stage.", "0198c7f0-0000-7000-8000-000000000050")]
    stage_key: Annotated[str, told("The same by its key.", "decision")]
    funnel_stage: Annotated[str | None, told("Its stage of the funnel; null: none.", "intent")]
    on_map: Annotated[int | None, told("People who stand there.", 40), COUNT]
    reason: Annotated[
        str | UnsetType,
        told("Why it is null; else absent: `not_bound`, `small_cell`.", "not_bound"),
    ] = UNSET


class FunnelCell(Struct, frozen=True, gc=False):
    """How many stand at one stage while the CRM has them at one."""

    on_map: Annotated[str, told("Where they stand, by what they did.", "intent")]
    in_crm: Annotated[str, told("Where the CRM has them.", "purchase")]
    difference: Annotated[
        str, told("`same`; or where the CRM has them: `ahead` or `behind`.", "ahead")
    ]
    contacts: Annotated[int | None, told("How many.", 7), COUNT]
    reason: Annotated[str | UnsetType, told("Why it is null; else absent.", "small_cell")] = UNSET


class UnmappedValue(Struct, frozen=True, gc=False):
    """A value of the trait that is no stage of the funnel."""

    value: Annotated[str, told("The value; of a longer one 200 characters.", "other")]
    contacts: Annotated[int | None, told("How many have it.", 12), COUNT]


class Unmapped(Struct, frozen=True, gc=False):
    """Values of the trait that are no stages of the funnel."""

    values: Annotated[int, told("How many different ones there are.", 3)]
    contacts: Annotated[int | None, told("How many contacts have them.", 20), COUNT]
    items: Annotated[list[UnmappedValue], told("The 50 most frequent.")]


class SalesFunnel(Struct, frozen=True, gc=False):
    """Where contacts stand on a map, where the CRM says they are, and where the two disagree."""

    journey_id: JourneyId
    definition: Annotated[SalesFunnelDefinition, told("What was looked at, and how.")]
    on_map: Annotated[
        int | None, told("People on the map in the range who may be analysed.", 120), COUNT
    ]
    in_crm: Annotated[
        int | None, told("Contacts whom the CRM has at a stage of the funnel.", 150), COUNT
    ]
    contacts: Annotated[int | None, told("People of whom both say where they are.", 100), COUNT]
    agree: Annotated[Proportion, told("Of these, of whom both say the same.")]
    ahead: Annotated[Proportion, told("Of these, whom the CRM has further than they stand.")]
    behind: Annotated[Proportion, told("Of these, whom the CRM has less far than they stand.")]
    funnel: Annotated[list[SideBySide], told("By stage of the funnel, in their order.")]
    stages: Annotated[list[MapStageBeside], told("By stage of the map, as its newest state is.")]
    matrix: Annotated[list[FunnelCell], told("By both; pairs that nobody is at are left out.")]
    unmapped: Annotated[Unmapped, told("What the CRM says that the mapping does not know.")]
    excluded: Annotated[
        list[Excluded],
        told(
            "Who is in no share. People: `no_trait` and `unmapped_value` (of those on the map),"
            " `no_funnel_stage` (at a stage of the map without one), `not_on_map` (of those in the"
            " CRM), `archived`, `test`, `restricted`, `not_for_analytics` (of those in either)."
            " Events and enrolments of people who do not count: `test_contact`, `not_permitted`,"
            " `enrolment_without_event`; and steps: `needs_contacts_read`, `unreadable_binding`."
        ),
    ]
    reason: Nothing = UNSET
    crm_reason: Annotated[
        str | UnsetType,
        told(
            "Why the CRM's counts are null; else absent. `no_trait`: nobody has the trait;"
            " `no_mapped_value`: nobody has a value of it that the mapping knows.",
            "no_trait",
        ),
    ] = UNSET
