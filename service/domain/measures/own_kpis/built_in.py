"""Which KPIs are built in, so that a target on one names a KPI that there is."""

from service.domain.errors import Problem

# The one place that knows them until the catalogue of built-in KPIs is there: then the catalogue's
# own keys stand here.
BUILT_IN = (
    *("bounce_rate", "scroll_rate", "conversion_rate", "click_through_rate"),
    *("checkout_abandonment_rate", "support_contact_rate"),
    *("review_count", "review_rating", "review_positive_share"),
    *("onboarding_completion", "time_to_value", "customer_effort"),
    *("referral_rate", "repurchase_rate", "nps", "csat", "ces", "journey_satisfaction"),
    *("revenue", "orders", "average_order_value", "cost_per_conversion", "return_on_journey"),
    *("impressions", "reach", "churn_rate", "retention_rate", "win_back_rate"),
    *("lead_to_sale", "content_unused", "estimated_unhappy", "estimated_word_of_mouth"),
    "stage_abandonment",
)


def unknown_built_in(key: str) -> list[Problem]:
    """A problem where no built-in KPI has this key."""
    if key in BUILT_IN:
        return []
    detail = f"must be one of {', '.join(BUILT_IN)}"
    return [Problem("/built_in", "unknown_kpi", detail)]
