"""What each built-in KPI means exactly: how it stands in the list of KPIs."""

from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from service.domain.inputs import Input
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.kpis.kpi import ForContacts, Kpi, Role, Setting
from service.domain.preferences import ESTIMATES
from service.domain.words import told

_QUERY, _OF_A_MAP = "/v1/kpis/query", "/v1/journeys/{id}/kpis"
_ABBREVIATIONS = frozenset({"nps", "csat", "ces"})
IDS = {key: uuid5(NAMESPACE_URL, f"urn:waypost:kpi:{key}") for key in BUILT_IN}
"""The ids of the built-in KPIs: the same in every workspace."""


class KpiParameter(Input):
    """A parameter of a KPI."""

    shown_only = frozenset()
    name: Annotated[str, told("What it is called.", "mode")]
    default: Annotated[
        Any, told("What it is where it is not asked for; null: nothing.", "single_page_view")
    ]
    role: Annotated[
        str | None,
        told("The role in `event_roles` whose selection it is by default.", None, "order"),
    ]
    setting: Annotated[
        str | None,
        told(
            "The member of the settings that goes before the default.",
            None,
            "estimates.happy_told",
        ),
    ]
    choices: Annotated[
        list[str],
        told("What it may be, where that is a few words.", ["single_page_view", "single_event"]),
    ]


class KpiReference(Input):
    """What others found."""

    shown_only = frozenset()
    low: Annotated[float, told("From.", 0.61)]
    high: Annotated[float, told("To.", 0.71)]
    source: Annotated[str, told("Where that is told.", "A study")]


class KpiMeaning(Input):
    """What a built-in KPI means, how it may be asked for, and what others found."""

    shown_only = frozenset()
    definition: Annotated[str, told("What it means exactly.", "Orders.")]
    asked_at: Annotated[
        list[str],
        told("Where it is asked for.", ["/v1/kpis/query", "/v1/journeys/{id}/kpis"]),
    ]
    assumption: Annotated[bool, told("Whether it rests on shares that nobody counted.", False)]
    parameters: Annotated[list[KpiParameter], told("How it may be asked for.")]
    reference: Annotated[
        KpiReference | None, told("A published range; null: the guides give none.", None)
    ]


def name_of(key: str) -> str:
    """How people call a built-in KPI."""
    return key.upper() if key in _ABBREVIATIONS else key.replace("_", " ").capitalize()


def _meaning(one: Kpi) -> KpiMeaning:
    reference = one.published
    return KpiMeaning(
        definition=one.meaning,
        asked_at=[_OF_A_MAP] if one.of_maps else [_QUERY, _OF_A_MAP],
        assumption=one.assumption,
        parameters=[_parameter(one, name, default) for name, default in one.parameters.items()],
        reference=reference and KpiReference(**reference._asdict()),
    )


def _parameter(one: Kpi, name: str, default: Any) -> KpiParameter:
    setting = default.name if isinstance(default, Setting) else None
    plain = default.value if isinstance(default, ForContacts | Setting) else default
    return KpiParameter(
        name=name,
        default=None if isinstance(default, Role) else plain,
        role=default.name if isinstance(default, Role) else None,
        setting=f"estimates.{setting}" if setting in ESTIMATES else setting,
        choices=list(one.choices.get(name, ())),
    )


MEANINGS = {key: _meaning(one).model_dump(mode="json") for key, one in BUILT_IN.items()}
"""What each means, as JSON, by its key."""
