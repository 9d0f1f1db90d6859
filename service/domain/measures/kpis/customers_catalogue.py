"""The built-in KPIs of customers, of what they buy and what they say. Pure."""

from service.domain.measures.kpis import contented, customers, takings, voiced
from service.domain.measures.kpis.kpi import (
    Kpi,
    Parameters,
    Reach,
    Role,
    Setting,
    always,
    of_contacts,
)
from service.domain.preferences import ESTIMATES

_DAY = 86_400
_MONEY = {
    "order": Role("order"),
    "amount": "properties.revenue",
    "currency": "properties.currency",
}
_REVIEWED = {"review": Role("review"), "score": "properties.rating", "scale": None}
_SURVEYED = {"survey": Role("survey"), "score": "properties.score", "scale": None}
_SURVEY = ("properties.survey", "properties.scale")
_SCALE = ("properties.scale",)
_ASSUMED = {name: Setting(name, value) for name, value in ESTIMATES.items()}
_COMPLAINED = {
    **_SURVEYED,
    "complaint": Role("complaint"),
    "complaint_rate": _ASSUMED["complaint_rate"],
}


def _customers(_: Parameters) -> Reach:
    return Reach(back=True)


def _supported(asked: Parameters) -> Reach:
    return Reach(back=True, ahead=asked["window_seconds"] if asked["mode"] == "orders" else 0)


def _followed(asked: Parameters) -> Reach:
    return Reach(back=True, ahead=asked.get("window_seconds"))


def _asking(asked: Parameters) -> str:
    return "event" if asked["mode"] == "orders" else "contact"


_CUSTOMERS = (
    Kpi(
        "support_contact_rate",
        "number",
        "customers: support contacts ÷ active customers, per 30 days of the range so far; an active"
        " customer has an event in the range behind a first order. orders: the share of orders that"
        " a support contact follows within the window, of those older than the window.",
        customers.support_contact_rate,
        {
            "mode": "customers",
            "support_contact": Role("support_contact"),
            "order": Role("order"),
            "window_seconds": 30 * _DAY,
        },
        {"mode": ("customers", "orders")},
        reach=_supported,
        unit_of=_asking,
        units={"orders": "share"},
        falls=True,
    ),
    Kpi(
        "onboarding_completion",
        "share",
        "Contacts who reach the goal within the window from their first start ever, of those whose"
        " first start lies in the range; those whose window has not passed are left out.",
        customers.onboarding_completion,
        {"start": Role("order"), "goal": Role("onboarding_done"), "window_seconds": 30 * _DAY},
        reach=_followed,
        unit_of=of_contacts,
    ),
    Kpi(
        "time_to_value",
        "seconds",
        "Median time from the first start ever, where that lies in the range, to the first goal"
        " behind it.",
        customers.time_to_value,
        {"start": Role("order"), "goal": Role("first_value")},
        reach=_followed,
        unit_of=of_contacts,
        falls=True,
    ),
    Kpi(
        "referral_rate",
        "share",
        "Customers with at least one referral in the range, of all who ordered before its end.",
        customers.referral_rate,
        {"order": Role("order"), "referral": Role("referral")},
        reach=_customers,
        unit_of=of_contacts,
    ),
    Kpi(
        "repurchase_rate",
        "share",
        "Customers with a second order within the window from the first, of those whose first order"
        " ever lies in the range; those whose window has not passed are left out.",
        customers.repurchase_rate,
        {"order": Role("order"), "window_seconds": 365 * _DAY},
        reach=_followed,
        unit_of=of_contacts,
    ),
    Kpi(
        "churn_rate",
        "share",
        "Customers without an event in the range, of those active at its start: with an event in"
        " the window before it, behind a first order. While the range is not over, all are left"
        " out.",
        customers.churn_rate,
        {"order": Role("order"), "window_seconds": 30 * _DAY},
        reach=_customers,
        unit_of=of_contacts,
        falls=True,
    ),
    Kpi(
        "retention_rate",
        "share",
        "The complement of churn_rate: those with an event in the range.",
        customers.retention_rate,
        {"order": Role("order"), "window_seconds": 30 * _DAY},
        reach=_customers,
        unit_of=of_contacts,
    ),
    Kpi("orders", "number", "Orders.", takings.orders, {"order": Role("order")}, counts=always),
    Kpi(
        "revenue",
        "money",
        "The sum of what orders brought; of several currencies a part for each.",
        takings.revenue,
        _MONEY,
    ),
    Kpi(
        "average_order_value",
        "money",
        "Revenue ÷ orders that tell it, to four decimals; of several currencies a part for each.",
        takings.average_order_value,
        _MONEY,
    ),
)
_VOICED = (
    Kpi(
        "review_count",
        "number",
        "Reviews.",
        voiced.review_count,
        {"review": Role("review")},
        counts=always,
    ),
    Kpi(
        "review_rating",
        "score",
        "Mean rating; of several scales a part for each.",
        voiced.review_rating,
        _REVIEWED,
        fields=_SCALE,
        lists=_SCALE,
    ),
    Kpi(
        "review_positive_share",
        "share",
        "Reviews at 0.75 of their scale or more, the top two of five, of those with a rating.",
        voiced.review_positive_share,
        _REVIEWED,
        fields=_SCALE,
        lists=_SCALE,
    ),
    Kpi(
        "nps",
        "points",
        "Percentage of answers of 9 and 10 minus percentage of answers of 0 to 6.",
        voiced.nps,
        _SURVEYED,
        fields=_SURVEY,
        lists=_SCALE,
    ),
    Kpi(
        "csat",
        "share",
        "Answers at 0.75 or more of their scale, of all on it.",
        voiced.csat,
        _SURVEYED,
        fields=_SURVEY,
        lists=_SCALE,
    ),
    Kpi(
        "journey_satisfaction",
        "share",
        "Contacts with no unsatisfied answer to csat anywhere along a journey, of contacts with an"
        " answer that names one; unsatisfied is under 0.75 of the scale. Beside it, in the parts,"
        " the mean of the touchpoints' own csat, of steps where no touchpoint is named.",
        contented.journey_satisfaction,
        _SURVEYED,
        fields=(*_SURVEY, contented.JOURNEY, contented.STEP, contented.TOUCHPOINT),
        lists=_SCALE,
        unit_of=of_contacts,
    ),
    *(
        Kpi(
            key,
            "score",
            "Mean effort score of ces surveys; of several scales a part for each.",
            voiced.effort,
            _SURVEYED,
            fields=_SURVEY,
            lists=_SCALE,
            falls=True,
        )
        for key in ("ces", "customer_effort")
    ),
    Kpi(
        "estimated_unhappy",
        "number",
        "An assumption: complaints ÷ the share of unhappy customers who complain, beside the"
        " reported satisfaction that it corrects.",
        voiced.estimated_unhappy,
        _COMPLAINED,
        fields=_SURVEY,
        lists=_SCALE,
        falls=True,
        assumption=True,
    ),
    Kpi(
        "estimated_word_of_mouth",
        "number",
        "An assumption: how many people hear of a bad experience, estimated unhappy × the share of"
        " them who tell × how many each tells; beside it the same of satisfied answers.",
        voiced.estimated_word_of_mouth,
        {**_COMPLAINED, **_ASSUMED},
        fields=_SURVEY,
        lists=_SCALE,
        falls=True,
        assumption=True,
    ),
)
AFTERWARDS = (*_CUSTOMERS, *_VOICED)
