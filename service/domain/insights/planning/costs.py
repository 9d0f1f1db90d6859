"""What a plan costs: sums of each currency, which are never mixed."""

from collections.abc import Iterable
from decimal import Decimal

from service.domain.insights.planning.material import Action, Amount, Content, Touchpoint
from service.domain.insights.planning.planned import Cost


def costs_of(
    touchpoints: Iterable[Touchpoint], content: Iterable[Content], actions: Iterable[Action]
) -> list[Cost]:
    """The costs of activities, content and actions, a sum for each currency, by its code."""
    spent = [
        [activity.cost for one in touchpoints for activity in one.activities],
        [item.cost for item in content],
        [action.cost for action in actions],
    ]
    currencies = sorted({cost.currency for costs in spent for cost in costs if cost is not None})
    return [_cost(currency, *(_sum(costs, currency) for costs in spent)) for currency in currencies]


def _cost(currency: str, activities: Decimal, content: Decimal, actions: Decimal) -> Cost:
    return Cost(currency, activities + content + actions, activities, content, actions)


def _sum(costs: Iterable[Amount | None], currency: str) -> Decimal:
    amounts = (cost.amount for cost in costs if cost is not None and cost.currency == currency)
    return sum(amounts, Decimal(0))
