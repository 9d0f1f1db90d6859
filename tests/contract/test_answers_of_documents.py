"""Answers about trusted documents are as declared."""

import pytest
from fastapi import FastAPI

from tests.contract.judging import Contract
from tests.make import Client

PATH = "/v1/trusted-documents"


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


async def test_trusted_documents_are_as_declared(client: Client, contract: Contract) -> None:
    body = {"name": "Name", "document": "{ workspace { name } }"}
    made = contract.judge("create_trusted_document", await client.post(PATH, json=body))
    again = await client.post(PATH, json=body)
    assert again.status_code == 409
    contract.judge("create_trusted_document", again)
    contract.judge("list_trusted_document", await client.get(PATH))
    at = f"{PATH}/{made['id']}"
    contract.judge("read_trusted_document", await client.get(at))
    other = {"document": "{ __typename }"}
    changed = contract.judge("patch_trusted_document", await client.patch(at, json=other))
    assert changed["document_id"] != made["document_id"]
    contract.judge("replace_trusted_document", await client.put(at, json=body))
    contract.judge("delete_trusted_document", await client.delete(at))
