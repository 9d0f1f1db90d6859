"""How tests speak GraphQL."""

from typing import Any

from tests.make import Client


async def answered(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    """The whole answer to an operation."""
    body = {"query": query, "variables": variables}
    answer = await client.post("/graphql", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def asked(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    """The data of an operation that nothing is wrong with."""
    found = await answered(client, query, **variables)
    assert "errors" not in found, found["errors"]
    data: dict[str, Any] = found["data"]
    return data


async def wrote(client: Client, query: str, **variables: Any) -> Any:
    """What the one mutation of an operation answered, nothing being refused."""
    (payload,) = (await asked(client, query, **variables)).values()
    assert payload.pop("userErrors") == []
    return payload


async def refused(client: Client, query: str, **variables: Any) -> list[dict[str, Any]]:
    """Why the one mutation of an operation was refused."""
    (payload,) = (await asked(client, query, **variables)).values()
    errors: list[dict[str, Any]] = payload["userErrors"]
    assert errors
    return errors
