"""Answers that are computed: how their bodies are written, and what a route says of them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from service.api.edge import JSON

encode = msgspec.json.Encoder(decimal_format="number").encode
"""The body of an answer: decimals are numbers, as in everything that is stored."""


def answered(
    name: str, description: str, *headers: Mapping[str, Any]
) -> dict[int | str, dict[str, Any]]:
    """The 200 that answers with the schema called `name`."""
    schema = {"schema": {"$ref": f"#/components/schemas/{name}"}}
    told = {key: one for header in headers for key, one in header.items()}
    return {200: {"description": description, "content": {JSON: schema}, "headers": told}}
