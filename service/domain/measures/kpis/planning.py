"""What a KPI is asked for, judged: parameters with their defaults, selections, fields, ranges."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from service.domain import filters
from service.domain.access import Reporting
from service.domain.errors import Invalid, Problem
from service.domain.filters import Filter
from service.domain.measures.asking import Refusals, fields, named, no_times, once, role, selection
from service.domain.measures.belonging import PROFILE
from service.domain.measures.kpis.answer import KpiDefinition
from service.domain.measures.kpis.around import Question
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.kpis.grouping import CLOCKS, SHORT
from service.domain.measures.kpis.inputs import KpiQuery
from service.domain.measures.kpis.kpi import NULLABLE, ForContacts, Kpi, Reach, Role, Setting
from service.domain.measures.kpis.ranges import few_enough_asked, range_before
from service.domain.measures.kpis.series import Span
from service.domain.work import Caller

SELECTING = frozenset(
    {"base", "goal", "start", "order", "lead", "sale", "support_contact", "complaint", "review"}
    | {"referral", "impression", "click", "survey"}
)
NAMING = ("page_view_events", "engagement_events")
FIELDS = ("by", "score", "amount", "currency")


Own: TypeAlias = Mapping[str, Kpi | Invalid]
"""KPIs by what they are asked for by, or why one cannot be."""
_NONE: Own = {}


class Planned(NamedTuple):
    """A KPI as it is asked for: what is read for it, and with what it is compared. `apart` are
    fields that it is told apart by, and asks nothing else of."""

    question: Question
    span: Span
    before: Span | None
    only: "Filter | None"
    selections: Mapping[str, Filter]
    fields: Sequence[str]
    apart: Collection[str]
    among: Mapping[str, str]
    reach: Reach

    @property
    def spans(self) -> list[Span]:
        """The range, and the one that it is compared with if any."""
        return [self.span] if self.before is None else [self.span, self.before]


def planned(
    caller: Caller,
    reporting: Reporting,
    query: KpiQuery,
    condition: "Filter | Invalid | None",
    now: datetime,
    *,
    own: Own = _NONE,
) -> Planned:
    """What is asked, judged; `condition` is its filter as it was read, `own` are KPIs beside those
    that are built in. Raises `Invalid` with every offending member."""
    kpi, zone = _known(query.kpi, own), ZoneInfo(reporting.time_zone)
    found = _Judged(caller, reporting, query, kpi)
    span, before = Span(query.from_, query.to), None
    with found.refusals.of_part():
        before = range_before(query, zone)
    with found.refusals.of_part():
        few_enough_asked(query)
    asked, selections, names = found.parameters(), found.selections(), found.fields()
    with found.refusals.of_part():
        if isinstance(condition, Invalid):
            raise condition
    found.refusals.tell()
    definition = KpiDefinition(
        meaning=kpi.meaning,
        direction="down" if kpi.falls else "up",
        assumption=kpi.assumption,
        from_=query.from_,
        to=query.to,
        interval=query.interval,
        time_zone=reporting.time_zone,
        filter=query.filter,
        breakdown=query.breakdown,
        groups_of=_groups_of(kpi, asked, query.breakdown),
        compare=query.compare,
        parameters={
            name: filters.dump(selections[name]) if name in SELECTING and one is not None else one
            for name, one in asked.items()
        },
    )
    question = Question(kpi, asked, definition, zone, now)
    # Who tells values apart wants all of them.
    among = {name: other for name, other in kpi.among.items() if name not in query.breakdown}
    meant = found.meant()
    apart = [name for name in names if name not in meant]
    read = (names, apart, among, kpi.reach(asked))
    return Planned(question, span, before, condition, selections, *read)


def _known(key: str, own: Own) -> Kpi:
    found = own.get(key) or BUILT_IN.get(key)
    if isinstance(found, Invalid):
        raise found
    if found is None:
        # Which there are is more than a refusal has room for.
        detail = "is no built-in KPI (GET /v1/kpis tells them all), and none of yours to read"
        raise Invalid([Problem("/kpi", "unknown_kpi", detail)])
    return found


class _Judged:
    """One query being judged: its problems so far."""

    def __init__(self, caller: Caller, reporting: Reporting, query: KpiQuery, kpi: Kpi) -> None:
        self._caller, self._reporting, self._query, self._kpi = caller, reporting, query, kpi
        self.refusals = Refusals()
        sent = query.parameters.model_fields_set
        told = {name: getattr(query.parameters, name) for name in sent}
        self._given = {n: one for n, one in told.items() if one is not None or n in NULLABLE}
        self._asked: dict[str, Any] = {}

    def parameters(self) -> Mapping[str, Any]:
        """All that the KPI takes, defaults filled in."""
        for name in self._query.parameters.model_fields_set - self._kpi.parameters.keys():
            self._tell(name, "not_a_parameter", f"is no parameter of {self._kpi.key}")
        own = self._kpi.parameters
        asked = {**own, **{name: one for name, one in self._given.items() if name in own}}
        for name, choices in self._kpi.choices.items():
            if asked[name] not in choices:
                self._tell(name, "not_a_choice", f"is none of {', '.join(choices)}")
                # What else is wrong is told of the usual choice.
                asked[name] = own[name]
        for name, one in asked.items():
            if isinstance(one, Setting):
                asked[name] = self._reporting.defaults[one.name]
            if isinstance(one, ForContacts):
                asked[name] = one.value if asked["unit"] == "contact" else None
        if asked.get("unit") == "attempt" and asked["base"] is None:
            self._tell("base", "required", "is needed: an attempt begins with it")
        if asked.get("unit") == "attempt" and not asked["ordered"]:
            self._tell("ordered", "needs_order", "must be true: the goal ends an attempt")
        scale = asked.get("scale")
        if scale is not None and scale[0] >= scale[1]:
            self._tell("scale", "wrong_bounds", "must begin below where it ends")
        self._asked = asked
        return asked

    def _tell(self, name: str, code: str, detail: str) -> None:
        with self.refusals.of_part():
            raise Invalid([Problem(f"/parameters/{name}", code, detail)])

    def selections(self) -> Mapping[str, Filter]:
        """Which events are looked for, by name."""
        found = {name: named(events) for name, events in self._kpi.events.items()}
        found |= self._kpi.selections
        for name, one in self._asked.items():
            if name in NAMING:
                found[name] = named(one)
            elif name in SELECTING and one is not None:
                with self.refusals.of_part():
                    found[name] = self._selection(name, one)
        return found

    def _selection(self, name: str, one: object) -> Filter:
        if isinstance(one, Role):
            return role(self._reporting, one.name)
        return selection(self._caller, one, f"/parameters/{name}")

    def fields(self) -> list[str]:
        """Which values are read: of parameters, of the KPI itself, of the breakdown."""
        names = [name for name in FIELDS if name in self._asked]
        for name in names:
            if name in self._given:
                with self.refusals.of_part():
                    self._field(name)
        query = self._query
        with self.refusals.of_part():
            once(query.breakdown, "/breakdown")
        with self.refusals.of_part():
            no_times(query.breakdown, "/breakdown", "take an `interval`, weekday or hour_of_day")
        with self.refusals.of_part():
            fields(self._caller, map(_judged_as, query.breakdown), "/breakdown")
        if PROFILE in query.breakdown and len(query.breakdown) > 1:
            at = f"/breakdown/{query.breakdown.index(PROFILE)}"
            detail = "stands alone: somebody may belong to several profiles"
            with self.refusals.of_part():
                raise Invalid([Problem(at, "not_crossed", detail)])
        unread = {*CLOCKS, PROFILE}
        apart = [SHORT.get(one, one) for one in query.breakdown if one not in unread]
        return list(dict.fromkeys([*self.meant(), *apart]))

    def meant(self) -> list[str]:
        """Those whose values say something, whatever it is told apart by."""
        return [*(self._asked[name] for name in FIELDS if name in self._asked), *self._kpi.fields]

    def _field(self, name: str) -> None:
        try:
            fields(self._caller, [self._asked[name]], "")
        except Invalid as error:
            raise error.renamed(lambda _: f"/parameters/{name}") from error


def _judged_as(name: str) -> str:
    """A field that the same callers may ask for."""
    if name == PROFILE:
        return "contact_id"
    return "event" if name in CLOCKS else SHORT.get(name, name)


def _groups_of(kpi: Kpi, asked: Mapping[str, Any], breakdown: Sequence[str]) -> str | None:
    if not breakdown:
        return None
    return PROFILE if PROFILE in breakdown else kpi.unit_of(asked)
