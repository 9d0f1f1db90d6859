"""Which events play which role in figures, as a workspace sets it."""

from collections.abc import Mapping
from typing import Annotated, Any

from service.domain import filters
from service.domain.errors import Invalid, Problem
from service.domain.inputs import Condition, Input
from service.domain.preferences import EVENT_ROLES
from service.domain.words import told


def _role(description: str, name: str) -> Any:
    return told(f"{description} Null: the default.", EVENT_ROLES[name])


class EventRoles(Input):
    """Selections of events, in the language of filters; a bare text is an event's name."""

    shown_only = frozenset()
    order: Annotated[Condition, _role("Something is bought.", "order")] = EVENT_ROLES["order"]
    checkout_started: Annotated[Condition, _role("A checkout begins.", "checkout_started")] = (
        EVENT_ROLES["checkout_started"]
    )
    lead: Annotated[Condition, _role("Somebody becomes a lead.", "lead")] = EVENT_ROLES["lead"]
    sale: Annotated[Condition, _role("A lead becomes a sale.", "sale")] = EVENT_ROLES["sale"]
    support_contact: Annotated[Condition, _role("Support is contacted.", "support_contact")] = (
        EVENT_ROLES["support_contact"]
    )
    complaint: Annotated[Condition, _role("Somebody complains.", "complaint")] = EVENT_ROLES[
        "complaint"
    ]
    review: Annotated[Condition, _role("Somebody reviews something.", "review")] = EVENT_ROLES[
        "review"
    ]
    referral: Annotated[Condition, _role("Somebody refers to us.", "referral")] = EVENT_ROLES[
        "referral"
    ]
    impression: Annotated[Condition, _role("A message is seen.", "impression")] = EVENT_ROLES[
        "impression"
    ]
    click: Annotated[Condition, _role("A message is clicked.", "click")] = EVENT_ROLES["click"]
    onboarding_done: Annotated[Condition, _role("Onboarding is over.", "onboarding_done")] = (
        EVENT_ROLES["onboarding_done"]
    )
    first_value: Annotated[
        Condition, _role("What was bought is of use for the first time.", "first_value")
    ] = EVENT_ROLES["first_value"]
    survey: Annotated[Condition, _role("A survey is answered.", "survey")] = EVENT_ROLES["survey"]


def judged(roles: Mapping[str, object]) -> None:
    """Read every selection. Raises `Invalid` with every offending member."""
    problems: list[Problem] = []
    for name, raw in roles.items():
        try:
            filters.parse_selection(raw, filters.SELECTIONS, f"/event_roles/{name}")
        except Invalid as error:
            problems += error.problems
    if problems:
        raise Invalid(problems)


def with_defaults(roles: Mapping[str, object]) -> dict[str, object]:
    """The selection of every role; null stands for the default."""
    return {name: EVENT_ROLES[name] if one is None else one for name, one in roles.items()}
