"""Maps whose steps are bound to the events of a published log, and what is asked of them."""

import json
from typing import Any

from tests.make import Client

Json = dict[str, Any]
CURVE = "emotion-curve"
SHOP = {
    "browse": ("home", "catalog", "search", "filter_results", "promo_page"),
    "choose": ("product_view", "compare", "wishlist_add", "add_to_cart", "cart"),
    "buy": ("shipping_details", "payment_details", "purchase"),
    "after": ("review_page", "support_chat", "account_page"),
    "trouble": ("error_page", "payment_error", "checkout_bug"),
}
"""All events of the shop's log, a step for each."""


def bound(stages: dict[str, tuple[str, ...]], **members: Any) -> Json:
    """A map whose steps are called by the events that bind them."""
    return {
        "title": "Shopping",
        "stages": [
            {
                "name": stage,
                "steps": [{"key": one, "action": one, "binding": one} for one in names],
            }
            for stage, names in stages.items()
        ],
        **members,
    }


def felt(names: str, ratings: list[float | None], *marked: str) -> Json:
    """A map of one stage with a step for each letter, bound to the event of that name."""
    made = bound({"all": tuple(names)})
    for step, rating in zip(made["stages"][0]["steps"], ratings, strict=True):
        step |= {"emotion": rating, "moment_of_truth": step["key"] in marked}
    return made


def steps_of(made: Json) -> list[Json]:
    return [step for stage in made["stages"] for step in stage["steps"]]


async def told(client: Client, journey_id: str, figure: str, **query: Any) -> Json:
    """A figure of a map, over REST."""
    given = {
        name.rstrip("_"): json.dumps(value) if isinstance(value, dict) else value
        for name, value in query.items()
    }
    return await client.got(f"/v1/journeys/{journey_id}/{figure}", params=given)
