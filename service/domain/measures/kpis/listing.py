"""What KPIs there are, and what each means exactly. Pure."""

from typing import Annotated, Any

from msgspec import Struct

from service.domain.answers import told
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.kpis.kpi import ForContacts, Kpi, Role, Setting
from service.domain.preferences import ESTIMATES


class KpiParameter(Struct, frozen=True, gc=False):
    """A parameter of a KPI."""

    name: Annotated[str, told("What it is called.", "mode")]
    default: Annotated[
        Any, told("What it is where it is not asked for; null: nothing.", "single_page_view")
    ]
    role: Annotated[
        str | None, told("The role in `event_roles` whose selection it is by default.", "order")
    ]
    setting: Annotated[
        str | None,
        told("The member of the settings that goes before the default.", "estimates.happy_told"),
    ]
    choices: Annotated[list[str], told("What it may be, where that is a few words.", ["total"])]


class KpiReference(Struct, frozen=True, gc=False):
    """What others found."""

    low: Annotated[float, told("From.", 0.61)]
    high: Annotated[float, told("To.", 0.71)]
    source: Annotated[str, told("Where that is told.", "A study")]


class BuiltInKpi(Struct, frozen=True, gc=False):
    """A KPI that needs no declaration."""

    key: Annotated[str, told("By which it is asked for.", "bounce_rate")]
    unit: Annotated[
        str,
        told("share, number, score, points, seconds or money; of the default mode.", "share"),
    ]
    definition: Annotated[str, told("What it means exactly.", "Orders.")]
    assumption: Annotated[bool, told("Whether it rests on shares that nobody counted.", False)]
    parameters: Annotated[list[KpiParameter], told("How it may be asked for.")]
    reference: Annotated[KpiReference | None, told("A published range, where there is one.")]


class BuiltInKpis(Struct, frozen=True, gc=False):
    """The built-in KPIs."""

    items: Annotated[list[BuiltInKpi], told("All of them.")]


def built_in() -> BuiltInKpis:
    """What there is without anybody's doing."""
    return BuiltInKpis([_told(one) for one in BUILT_IN.values()])


def _told(one: Kpi) -> BuiltInKpi:
    parameters = [_parameter(one, name, default) for name, default in one.parameters.items()]
    reference = None if one.published is None else KpiReference(*one.published)
    return BuiltInKpi(one.key, one.unit, one.meaning, one.assumption, parameters, reference)


def _parameter(one: Kpi, name: str, default: Any) -> KpiParameter:
    choices = list(one.choices.get(name, ()))
    if isinstance(default, Role):
        return KpiParameter(name, None, default.name, None, choices)
    plain = default.value if isinstance(default, ForContacts | Setting) else default
    setting = default.name if isinstance(default, Setting) else None
    setting = f"estimates.{setting}" if setting in ESTIMATES else setting
    return KpiParameter(name, plain, None, setting, choices)
