"""Clients with types made from the contracts, compiled strictly, against the running service."""

import shutil
from pathlib import Path

import pytest

from service import contracts
from service.settings import Settings
from tests.clients import node
from tests.conftest import Served

SOURCES = Path(__file__).with_name("typed")


@pytest.fixture(scope="module")
def compiled(settings: Settings) -> Path:
    """The clients, with types of the contracts as the code states them now."""
    project = node.project(SOURCES, "typed")
    npx = node.needed(shutil.which("npx"), "npx (Node)")
    for name, text in contracts.all_of(settings).items():
        (project / name).write_text(text)
    # A default is what the service takes for a member not sent: not one that must be sent.
    types = ["openapi-typescript", "openapi.json", "-o", "openapi.ts"]
    node.run(npx, *types, "--default-non-nullable=false", within=project)
    node.run(npx, "gql.tada", "generate-output", within=project)
    shutil.rmtree(project / "made", ignore_errors=True)
    node.run(npx, "tsc", "--strict", "--project", ".", within=project)
    return project


@pytest.mark.parametrize("client", ["rest", "graphql"])
def test_a_typed_client_goes_round(compiled: Path, served: Served, key: str, client: str) -> None:
    program = node.needed(shutil.which("node"), "node")
    node.run(program, f"made/{client}.js", served.url, key, within=compiled)
