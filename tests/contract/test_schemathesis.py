"""schemathesis over both contracts: all default checks, stateful links followed.

It runs in a process of its own, beside the service, and imports this module for the table of what
it may not hold against the service: see `filter_failure`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, Response
from schemathesis.core.failures import Failure
from schemathesis.graphql import nodes
from schemathesis.graphql.checks import GraphQLClientError, GraphQLServerError
from schemathesis.openapi.checks import RejectedPositiveData, UseAfterFree

from tests.house.source import ROOT

if TYPE_CHECKING:  # beside the service it runs without importing it
    from tests.conftest import Served
    from tests.make import Client

HOOKS = "tests.contract.test_schemathesis"
SEED = "20261122"
EXAMPLES = "4"
"""Random cases an operation, beside those that cover every bound of its schema."""

RIGHTLY_REFUSED = {
    "already_exists": "a key or name may be taken, by what was sent before",
    "bad_key": "members of free-form objects, at any depth, have names of 1 to 64 characters",
    "chain_too_long": "how many profiles one stands on, the database says",
    "circular": "a row may not be inside itself",
    "condition_not_allowed": "conditions are a language of their own: see the tests of filters",
    "contradicts": "a map's CSV says some members in any of several lines, always the same",
    "empty": "a text that stands for a condition is an event's name",
    "erased": "whose identifiers may not come back, a block list says",
    "extra_forbidden": "a merge patch of an object names anything; what is made of it is validated",
    "first_step": "which step of a funnel is the first, its place says",
    "fixed": "a word stays of its kind, and topics are those that the contract names",
    "idempotency_key_reused": "a key is for one request",
    "in_future": "whether an instant is to come, the clock says",
    "in_the_past": "whether an instant is past, the clock says",
    "json_invalid": "a filter is JSON within a text",
    "line_unreadable": "diagrams have a grammar of their own: see the tests of Mermaid",
    "needs_order": "what goes with a funnel in any order: see the tests of funnels",
    "not_a_choice": "which words a KPI's parameters take, the list of KPIs says",
    "not_a_filter_field": "conditions are a language of their own: see the tests of membership",
    "not_applicable": "what is withdrawn has no end, and a revision is of a map that is named",
    "not_a_currency": "which currencies there are, ISO 4217 says",
    "not_a_parameter": "which parameters a KPI takes, the list of KPIs says",
    "not_a_condition": "conditions are a language of their own: see the tests of filters",
    "not_in_a_bundle": "a bundle is of the draft",
    "not_a_variant": "axes go with variants alone",
    "not_a_number": "which fields hold numbers, the vocabulary of events says",
    "not_a_share": "both parts of a share count the same, and one is part of the other",
    "not_bound": "what binds a step to events, its map says",
    "not_computed": "what is posted has nothing to filter; which KPIs are, they say themselves",
    "not_concerned": "which departments a revision concerns, its map says",
    "not_told_apart": "which fields are times, the vocabulary of events says",
    "not_of_a_revision": "what a map was is shown whole, neither sorted nor filtered",
    "number_too_large": "free-form numbers have a bound at any depth",
    "one_of": "a finding is about one thing, an action answers one place, a link ends in one way",
    "one_place": "what content answers stands at a stage or at a step, and so does a contact",
    "only_of_maps": "which KPIs are told of maps alone, the list of KPIs says",
    "op_not_for_field": "conditions are a language of their own: see the tests of membership",
    "only_used": "a word that nobody declared has nothing that could be deleted",
    "other_kind": "a word is an alias of one of its kind",
    "overlay": "what is laid over a curve is a list within a text",
    "optional_step": "which steps of a funnel may be skipped, they say themselves",
    "out_of_range": "an instant at either end of the calendar falls off it in UTC",
    "overlapping": "whether two times have days in common, their lengths say together",
    "outside_scale": "a rating lies on the scale that is sent beside it",
    "public": "a key that anybody may know has one scope",
    "repeated": "keys are unique among their kind, and names given once",
    "ranges_overlap": "how far two times lie apart, and the days before each, say it together",
    "range_needed": "what is before a range without bounds is not told",
    "ready_made": "ready templates stay as they are",
    "required": "a step's touchpoint has an id or a key, a choice its options, a template a map",
    "revision": "states of a map are told in words of their own: see the tests of revisions",
    "revision_not_found": "which revisions a map has, the database says",
    "several": "what goes into one map is one map",
    "side_out_of_range": "how large a picture is stands in its bytes",
    "too_deep": "free-form objects nest four deep",
    "too_entangled": "which events could serve several steps of a funnel, the events say",
    "too_large": "free-form members are at most 64 KiB together",
    "too_long": "free-form texts have a bound at any depth",
    "too_many": "free-form objects have a bound at any depth, and maps one of all their parts",
    "too_many_cells": "what a line of CSV holds stands in its text",
    "too_many_maps": "of one map a filter asks where contacts stand",
    "unknown_column": "the columns of CSV stand in its text",
    "too_many_intervals": "how long a range is, its bounds say together",
    "unknown_field": "which fields events have, the vocabulary of filters says",
    "unknown_kpi": "which KPIs there are, the list of them says",
    "unknown_reference": "which ids and keys exist, the database says",
    "unknown_step": "how many steps a funnel has, its list says",
    "unknown_time_zone": "time zones are those of the IANA database",
    "unsupported_media_type": "random bytes are no picture",
    "wrong_baseline": "two instants with / between are times of the calendar",
    "wrong_bounds": "nothing ends before it starts",
    "wrong_mapping": "which value of a trait is which stage of a funnel is JSON within a text",
    "wrong_order": "of two steps one is behind the other",
    "zero_denominator": "nothing is divided by 0",
    "wrong_type": "an attribute's value is of the type that the catalogue says",
}
"""`positive_data_acceptance`: codes for what a JSON Schema cannot say, so that data which satisfies
it may still be refused. A refusal with any other code fails."""

STAYS = {
    "DELETE /v1/api-keys/{resource_id}": "revoked, and shown with when",
    "DELETE /v1/contacts/{resource_id}": "archived, for it may be restored",
    "DELETE /v1/contacts/by-external-id/{source}/{external_id}": "the same",
    "DELETE /v1/enrolments/{resource_id}": "taken back by another entry",
}
"""`use_after_free`: what is still shown when it is deleted."""

CONFIGURATION = """
[generation]
allow-x00 = false   # refused in every text, which no schema can say: see the tests of bad input
[phases.coverage]
generate-duplicate-query-parameters = true
[phases.stateful]
max-steps = 6
generation.max-examples = 100
inference.algorithms = []   # by names alone it finds 20,000 links, and then has no time for any
# If-Match is looked at before the body, whether that is acceptable or not.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "412"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422"]
# Their bodies are those of other operations, or parts of them, and every bound is covered there.
[[operations]]
include-operation-id-regex = "^replace_|^patch_|external_id$|^import|^create_st"
phases.coverage.enabled = false
# Clients drop what is refused: nothing is, that can be put aside (see the tests of tracking); and
# of a batch each item has an outcome of its own.
[[operations]]
include-operation-id-regex = "^send_|^upsert_contacts$"
checks.negative_data_rejection.enabled = false
# Lines of JSON, which it cannot write (see the tests of loads).
[[operations]]
include-operation-id = "load_events"
enabled = false
"""

LONGEST_LINE = 64 * 1024
"""Bytes of a request line; a longer one is refused by the server before the service sees it."""


# Scalars of our own, which it cannot know: JSON is sent as texts and numbers at least.
schemathesis.graphql.scalar(
    "JSON", st.text(max_size=20).map(nodes.String) | st.integers(-9, 9).map(nodes.Int)
)
schemathesis.graphql.scalar("Decimal", st.integers(-(10**9), 10**9).map(nodes.Int))


@schemathesis.hook
def before_call(_: Any, case: Case, kwargs: dict[str, Any]) -> None:
    """Keep the key in use out of reach: revoked, it would end the run in refusals."""
    del kwargs
    own = os.environ.get("OWN_KEY")
    if own and case.path_parameters and case.path_parameters.get("resource_id") == own:
        case.path_parameters["resource_id"] = "019e0000-0000-7000-8000-000000000000"


@schemathesis.hook
def filter_failure(_: Any, failure: Failure, case: Case, response: Response) -> bool:
    """Whether a failure counts."""
    is_cut_off = response.status_code == 400 and len(str(response.request.url)) > LONGEST_LINE
    if is_cut_off or (isinstance(failure, UseAfterFree) and failure.operation in STAYS):
        return False
    if isinstance(failure, GraphQLServerError):
        # It takes every error beside `data` for one of ours. An id that is none, or a name that
        # is empty, is a refusal with a code, as in REST; only what is masked is ours.
        told = [error.get("extensions", {}) for error in response.json()["errors"]]
        return any(extensions.get("code") in (None, "INTERNAL") for extensions in told)
    if isinstance(failure, GraphQLClientError):
        # What a query may cost is bounded, which no schema can say.
        told = [error.get("extensions", {}) for error in response.json()["errors"]]
        return any(extensions.get("code") != "TOO_COMPLEX" for extensions in told)
    if isinstance(failure, RejectedPositiveData):
        problem = response.json()
        codes = {error["code"] for error in problem.get("errors", [])} or {problem["code"]}
        # A cursor is whatever a list gave out before; no schema can say that.
        is_cursor = codes == {"malformed"} and "after" in {**(case.query or {}), **_sent(case)}
        return not (is_cursor or codes <= RIGHTLY_REFUSED.keys())
    return True


def _sent(case: Case) -> dict[str, Any]:
    """The members of a body, where it has any."""
    return case.body if isinstance(case.body, dict) else {}


def id_of(key: str) -> str:
    """The id of an API key, as the key itself tells it after its workspace's."""
    return str(UUID(key.removeprefix("wp_")[32:64]))


def run(contract: str, client: "Client", folder: Path, *options: str) -> None:
    """Run it, as on a command line, and show what it says when it finds something."""
    (folder / "schemathesis.toml").write_text(CONFIGURATION)
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file"]
    command += [str(folder / "schemathesis.toml"), "run", contract, "--no-color"]
    # One worker: CPython 3.11 sometimes fails to parse in two threads at once (SystemError: AST
    # constructor recursion depth mismatch), which Hypothesis does to describe what it draws from.
    command += ["--seed", SEED, "--max-examples", EXAMPLES, "--workers", "1"]
    command += ["--output-truncate", "false"]
    command += ["--header", f"Authorization: {client.headers['authorization']}", *options]
    _, key = client.headers["authorization"].split()
    hooks = {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(ROOT), "OWN_KEY": id_of(key)}
    ran = subprocess.run(
        command, cwd=folder, env=os.environ | hooks, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        said = [line[:1500] for line in (ran.stdout + ran.stderr).splitlines()]
        pytest.fail("\n".join(said[-700:]), pytrace=False)


async def test_the_rest_face_keeps_its_contract(
    served: "Served", client: "Client", tmp_path: Path
) -> None:
    document = json.loads((ROOT / "openapi" / "openapi.json").read_text())
    for operations in document["paths"].values():
        content = operations.get("patch", {}).get("requestBody", {}).get("content", {})
        content.pop("application/merge-patch+json", None)  # the same again
    contract = tmp_path / "openapi.json"
    contract.write_text(json.dumps(document))
    run(str(contract), client, tmp_path, "--url", served.url)


async def test_the_graphql_face_keeps_its_contract(
    served: "Served", client: "Client", tmp_path: Path
) -> None:
    run(f"{served.url}/graphql", client, tmp_path)
