"""The built-in KPIs, and what each of them means exactly. Pure."""

from collections.abc import Mapping

from service.domain.measures.kpis import conduct, scrolling, visits
from service.domain.measures.kpis.customers_catalogue import AFTERWARDS
from service.domain.measures.kpis.kpi import (
    ForContacts,
    Kpi,
    Parameters,
    Published,
    Reach,
    Role,
    Setting,
    always,
    of_contacts,
    of_units,
)
from service.domain.measures.kpis.planned_catalogue import PLANNED
from service.domain.preferences import PAGE_VIEWS, SESSION_TIMEOUT

_TIMEOUT = Setting("session_timeout_seconds", SESSION_TIMEOUT)
_DAY = 86_400
_VIEWS = [*PAGE_VIEWS]
_GUIDES = "Guides to content marketing, which name no study."


def _sessions(_: Parameters) -> Reach:
    return Reach(back=True, sessions=True)


def _window(asked: Parameters) -> Reach:
    """Sessions whole; attempts from their beginnings on, until they end; contacts as far as their
    window reaches: behind the range, and before it where the goal may come first."""
    if asked["unit"] == "session":
        return Reach(back=True, sessions=True)
    if asked["unit"] == "attempt":
        return Reach(back=True, ahead=asked["window_seconds"])
    window = asked["window_seconds"] or 0
    return Reach(ahead=window, before=0 if asked.get("ordered", True) else window)


def _scrolling(_: Parameters) -> Reach:
    return Reach(ahead=scrolling.DAY)


def _leads(asked: Parameters) -> Reach:
    return Reach(ahead=asked["window_seconds"] or 0)


def _session(_: Parameters) -> str:
    return "session"


def _seen(asked: Parameters) -> str:
    return "contact" if asked["mode"] == "unique" else "event"


def _of_all(asked: Parameters) -> bool:
    return bool(asked["mode"] == "total")


def _bounces(asked: Parameters) -> bool:
    plain = asked["page_view_events"] == _VIEWS and not asked["engagement_events"]
    return plain or asked["mode"] == "single_event"


_SESSIONS = (
    ("sessions", "number", "Sessions begun in the range.", visits.sessions),
    (
        "events_per_session",
        "number",
        "Events of sessions begun in the range ÷ these sessions.",
        visits.events_per_session,
    ),
    (
        "session_duration",
        "seconds",
        "The mean time from the first to the last event of sessions begun in the range.",
        visits.session_duration,
    ),
)
_CONDUCT = (
    Kpi(
        "bounce_rate",
        "share",
        "single_page_view: sessions with exactly one page view and no event of engagement, of"
        " sessions with at least one page view. single_event: sessions with exactly one event, of"
        " sessions.",
        visits.bounce_rate,
        {
            "mode": "single_page_view",
            "page_view_events": _VIEWS,
            "engagement_events": [],
            "timeout_seconds": _TIMEOUT,
        },
        {"mode": ("single_page_view", "single_event")},
        reach=_sessions,
        unit_of=_session,
        falls=True,
        summed=_bounces,
    ),
    *(
        Kpi(
            key,
            unit,
            meaning,
            figure,
            {"timeout_seconds": _TIMEOUT},
            reach=_sessions,
            unit_of=_session,
            summed=always,
        )
        for key, unit, meaning, figure in _SESSIONS
    ),
    Kpi(
        "scroll_rate",
        "share",
        "Page views with a report that reaches the threshold, of page views with any report. A"
        " report is the event Page Scrolled {page_view_id, depth 0–100}; it is of the same person's"
        " last view before it with that page_view_id among its properties, or as its message's id,"
        " at most a day earlier.",
        scrolling.scroll_rate,
        {"threshold": 50, "page_view_events": _VIEWS},
        events={"report": ("Page Scrolled",)},
        fields=("properties.page_view_id", "message_id", "properties.depth"),
        among={"message_id": "properties.page_view_id"},
        reach=_scrolling,
        apart=True,
    ),
    Kpi(
        "conversion_rate",
        "share",
        "Contacts, sessions or attempts with the goal, of those with a qualifying event (base), or"
        " of all where base is null; then order and window do not apply. The goal lies behind the"
        " first qualifying event of the range where it is ordered, and within the window from it if"
        " one is given. Attempts are those of a funnel of two steps: opened by a qualifying event"
        " when none is open, completed by the goal, whatever the range is.",
        conduct.conversion_rate,
        {
            "unit": "contact",
            "base": None,
            "goal": Role("order"),
            "ordered": True,
            "window_seconds": None,
            "timeout_seconds": _TIMEOUT,
        },
        {"unit": ("contact", "session", "attempt")},
        reach=_window,
        unit_of=of_units,
    ),
    Kpi(
        "click_through_rate",
        "share",
        "total: clicks ÷ impressions; unique: contacts and placements with a click, of those with"
        " an impression. Both of the same message or placement, which the field `by` tells; events"
        " that tell none are of one.",
        conduct.click_through_rate,
        {
            "mode": "total",
            "impression": Role("impression"),
            "click": Role("click"),
            "by": "properties.promotion_id",
        },
        {"mode": ("total", "unique")},
        unit_of=_seen,
        counts=_of_all,
    ),
    Kpi(
        "checkout_abandonment_rate",
        "share",
        "Sessions, or contacts, with a start and without an order behind their first start, of"
        " those with a start; of contacts, without one within the window from it, a day unless"
        " asked otherwise.",
        conduct.checkout_abandonment_rate,
        {
            "unit": "session",
            "start": Role("checkout_started"),
            "order": Role("order"),
            "window_seconds": ForContacts(_DAY),
            "timeout_seconds": _TIMEOUT,
        },
        {"unit": ("session", "contact")},
        reach=_window,
        unit_of=of_units,
        falls=True,
    ),
    Kpi(
        "impressions",
        "number",
        "Impressions.",
        conduct.impressions,
        {"impression": Role("impression")},
        counts=always,
    ),
    Kpi(
        "reach",
        "number",
        "Different contacts with an impression.",
        conduct.reach,
        {"impression": Role("impression")},
        unit_of=of_contacts,
        people=True,
    ),
    Kpi(
        "lead_to_sale",
        "share",
        "Contacts with a sale behind their first lead of the range, and within the window from it"
        " if one is given, of contacts with a lead.",
        conduct.lead_to_sale,
        {"lead": Role("lead"), "sale": Role("sale"), "window_seconds": None},
        reach=_leads,
        unit_of=of_contacts,
        published=Published(0.22, 0.22, f"78 % of marketing leads are lost. {_GUIDES}"),
    ),
)
BUILT_IN: Mapping[str, Kpi] = {one.key: one for one in (*_CONDUCT, *AFTERWARDS, *PLANNED)}
BUILT_IN_KEYS = frozenset(BUILT_IN)
LISTED = frozenset(name for one in BUILT_IN.values() for name in one.lists)
"""Fields of which some KPIs read lists."""


def meaning_of(key: str) -> str:
    """What a built-in KPI means exactly."""
    return BUILT_IN[key].meaning
