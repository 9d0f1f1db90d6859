"""Maps that use words, and the words as the vocabulary shows them."""

from typing import Any

from tests.make import Client, journey


def using(stages: int = 2, steps: int = 2, **words: Any) -> dict[str, Any]:
    """A map whose steps all use these words."""
    body = journey(stages, steps)
    for step in steps_of(body):
        step.update(words)
    return body


async def word(client: Client, kind: str, slug: str) -> dict[str, Any]:
    """The one word there is of this kind and slug."""
    (found,) = (await client.got(f"/v1/vocabulary?kind={kind}&slug={slug}"))["items"]
    one: dict[str, Any] = found
    return one


def steps_of(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for stage in made["stages"] for step in stage["steps"]]
