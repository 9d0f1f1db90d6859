"""The emotion curve of a journey, computed for all journeys of an answer at once."""

from collections import defaultdict
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Annotated, Any, get_args
from uuid import UUID

import strawberry
from graphql import FieldNode, GraphQLObjectType, GraphQLResolveInfo, get_named_type
from strawberry import Info

from service.api.graphql import context, given, ids, mirroring
from service.api.graphql.scalars import Instant, Json
from service.api.graphql.selecting import STORED, Stored, below, object_type
from service.api.graphql.states import STATE, Revision, state
from service.api.graphql.structs import family
from service.domain import insights
from service.domain.errors import DomainError, Invalid, Problem
from service.domain.insights import Asked, CurveOf, Ranged, Theme, Wanted
from service.domain.words import Meaning
from service.domain.work import Work

PICTURE = 300
"""What a cost counts a picture as: it takes as long as so many fields."""
_THEMES = {
    "auto": "As the reader's system prefers.",
    "light": "Dark lines on white.",
    "dark": "Light lines on black.",
}
CurveTheme: Any = mirroring.enumeration(
    get_args(Theme), "CurveTheme", Meaning("Colours of a picture.", _THEMES)
)


@strawberry.input(description="What lies over a curve: another journey, or another's ratings.")
class CurveOverlayInput:
    """One of the three must be given."""

    journey_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Whose curve; by default that of the journey below."
    )
    persona_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Whose ratings, where they have their own."
    )
    revision: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"Of which state of the map: {STATE}."
    )

    def asked(self, below: Asked, at: str) -> Asked:
        """What stands at this pointer, over the curve `below`. Raises `Invalid`."""
        journey_id = ids.optional_id(self.journey_id, "Journey", f"{at}/journey_id")
        persona_id = ids.optional_id(self.persona_id, "Persona", f"{at}/persona_id")
        if journey_id is None and persona_id is None and not self.revision:
            detail = "needs journey_id, persona_id or revision"
            raise Invalid([Problem(at, "required", detail)])
        then = state(self.revision, f"{at}/revision")
        if journey_id is None and not self.revision:
            then = below.revision
        return Asked(journey_id or below.journey_id, persona_id, then)


def _pictured() -> Any:
    """A curve's field for its picture."""
    said = "The curve and its overlays as an SVG document."
    metadata = {STORED: Stored((), costs=PICTURE)}
    return strawberry.field(description=said, metadata=metadata, graphql_type=str)(_svg)


def _svg(
    root: Any,
    info: Info,
    theme: Annotated[
        CurveTheme,
        strawberry.argument(description="Of its colours; auto: as the reader's system prefers."),
    ] = CurveTheme.auto,
) -> str:
    picture = insights.svg(root, root.title, theme.value)
    context.of(info).spends(len(picture))
    return picture


_TIMES = {"points": 40, "per_stage": 8}
"""How many rows a cost counts the longer lists as."""
_OF_EVENTS = {
    *("traffic", "trafficReason", "trafficWeightedMean"),
    *("detected", "differ", "unknown"),
}
"""Fields of a curve, and of what is inside it, that events are read for."""
EmotionCurve = family(insights.EmotionCurve, {}, _TIMES, __name__, svg=_pictured())


def emotion_curve() -> Any:
    """A journey's field for its curve."""
    said = "The highs and lows of its emotions, and the figures over them."
    metadata = {STORED: Stored(("id",))}
    return strawberry.field(description=said, metadata=metadata, graphql_type=EmotionCurve | None)(
        _resolve
    )


def _resolve(
    root: Any,
    info: Info,
    persona_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Whose ratings, where they have their own."),
    ] = strawberry.UNSET,
    overlays: Annotated[
        list[CurveOverlayInput] | None,
        strawberry.argument(description=f"What lies over it, at most {insights.MOST_OVERLAYS}."),
    ] = strawberry.UNSET,
    *,
    revision: Revision = strawberry.UNSET,
    from_: Annotated[
        Instant | None,
        strawberry.argument(name="from", description="Whose events count: from then on."),
    ] = strawberry.UNSET,
    to: Annotated[
        Instant | None, strawberry.argument(description="Whose events count: before then.")
    ] = strawberry.UNSET,
    filter: Annotated[
        Json | None,
        strawberry.argument(
            description="Which events count: a condition in the filter language, or a name."
        ),
    ] = strawberry.UNSET,
) -> Awaitable[Any]:
    whose = ids.optional_id(persona_id, "Persona", "/persona_id")
    lowest = Asked(UUID(root["id"]), whose, state(revision))
    over = [one.asked(lowest, f"/overlays/{n}") for n, one in enumerate(overlays or ())]
    wanted = Wanted(lowest, tuple(over))
    events = _events({"from": from_, "to": to, "filter": filter})
    raw = info._raw_info
    if not _tells_events(raw, object_type(raw.return_type), raw.field_nodes):
        return context.of(info).loaded("emotion_curve", _load, (wanted, None))
    return context.of(info).loaded("emotion_curve_events", _load, (wanted, events), analysed=True)


def _events(range_: Mapping[str, Any]) -> str:
    """Of which events is told, as JSON. Raises `Invalid`."""
    members = {name: one for name, one in range_.items() if one not in (None, strawberry.UNSET)}
    return given.built(Ranged, members).model_dump_json(by_alias=True)


def _tells_events(
    info: GraphQLResolveInfo[Any], kind: GraphQLObjectType, nodes: Iterable[FieldNode]
) -> bool:
    """Whether anything is selected that events are read for."""
    for name, inner in below(info, kind, nodes).items():
        if name in _OF_EVENTS:
            return True
        field = kind.fields.get(name)
        within = None if field is None else get_named_type(field.type)
        if isinstance(within, GraphQLObjectType) and _tells_events(info, within, inner):
            return True
    return False


async def _load(work: Work, asked: Sequence[tuple[Wanted, str | None]]) -> list[Any]:
    alike: defaultdict[str | None, list[Wanted]] = defaultdict(list)
    for wanted, events in asked:
        alike[events].append(wanted)
    found: dict[tuple[Wanted, str | None], CurveOf | DomainError] = {}
    # As often as an operation names ranges, whatever the number of maps.
    for events, those in alike.items():
        of = None if events is None else Ranged.model_validate_json(events)
        found |= {(one, events): told for one, told in (await _drawn(work, those, of)).items()}
    drawn = (found[one] for one in asked)
    return [one.curve if isinstance(one, CurveOf) else one for one in drawn]


async def _drawn(
    work: Work, wanted: Sequence[Wanted], events: Ranged | None
) -> Mapping[Wanted, CurveOf | DomainError]:
    try:
        return await insights.emotion_curves(work, wanted, events)
    except DomainError as error:
        # What is wrong with a range is wrong for those alone that name it.
        return dict.fromkeys(wanted, error)
