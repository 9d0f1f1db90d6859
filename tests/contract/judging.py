"""The OpenAPI document as a judge of answers."""

import copy
from typing import Any

import httpx
import jsonschema_rs

Json = dict[str, Any]


class Contract:
    """The document, ready to judge answers."""

    def __init__(self, document: Json) -> None:
        self.components = _closed(copy.deepcopy(document["components"]))
        self.operations = {
            operation["operationId"]: (method, operation)
            for methods in document["paths"].values()
            for method, operation in methods.items()
        }
        self.judged: set[tuple[str, int]] = set()

    def judge(self, operation_id: str, answer: httpx.Response) -> Any:
        """The answer's body, which must be as the operation declares it."""
        method, operation = self.operations[operation_id]
        assert answer.request.method == method.upper()
        declared = operation["responses"][str(answer.status_code)]
        declared = self._resolved(declared)
        for name, header in declared.get("headers", {}).items():
            assert not self._resolved(header).get("required") or name in answer.headers, name
        if "content" not in declared:
            assert not answer.content
            return None
        media = answer.headers["content-type"].partition(";")[0]
        schema = declared["content"][media]["schema"]
        validator = jsonschema_rs.validator_for(
            schema | {"components": self.components}, validate_formats=True
        )
        body = answer.json()
        problems = [f"{e.instance_path}: {e.message}" for e in validator.iter_errors(body)]
        assert not problems, operation_id
        self.judged.add((operation_id, answer.status_code))
        return body

    def _resolved(self, node: Json) -> Json:
        if "$ref" in node:
            _, _, kind, name = node["$ref"].split("/")
            found: Json = self.components[kind][name]
            return found
        return node


def _closed(node: Any) -> Any:
    """The schemas with nothing allowed that they do not name; objects of any members stay so."""
    if isinstance(node, list):
        return [_closed(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    closed = {name: _closed(inner) for name, inner in node.items()}
    if isinstance(closed.get("properties"), dict):
        closed["additionalProperties"] = False
    return closed
