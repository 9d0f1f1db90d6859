"""What front ends are written with: compilers over the schema, clients against the service."""

import shutil
from pathlib import Path

import pytest

from service import contracts
from service.settings import Settings
from tests.clients import node
from tests.conftest import Served

SOURCES = Path(__file__).with_name("frontends")


@pytest.fixture(scope="module")
def project(settings: Settings) -> Path:
    """The clients, beside the schema as the code states it now."""
    found = node.project(SOURCES, "frontends")
    (found / "schema.graphql").write_text(contracts.all_of(settings)["schema.graphql"])
    return found


@pytest.fixture(scope="module")
def npx() -> str:
    return node.needed(shutil.which("npx"), "npx (Node)")


def test_operations_get_types_that_compile(project: Path, npx: str) -> None:
    node.run(node.needed(shutil.which("node"), "node"), "codegen.mjs", within=project)
    node.run(npx, "tsc", "--project", ".", within=project)


def test_relays_compiler_takes_its_fragments_and_its_queries_run(
    project: Path, npx: str, served: Served, key: str
) -> None:
    shutil.rmtree(project / "__generated__", ignore_errors=True)
    (project / "__generated__").mkdir()
    node.run(npx, "relay-compiler", "relay.config.json", within=project)
    against(project, "relay", served, key)


@pytest.mark.parametrize("client", ["apollo", "urql", "request"])
def test_a_client_reads_pages_and_writes(
    project: Path, served: Served, key: str, client: str
) -> None:
    against(project, client, served, key)


def against(project: Path, script: str, served: Served, key: str) -> None:
    program = node.needed(shutil.which("node"), "node")
    node.run(program, f"{script}.mjs", served.url, key, within=project)
