"""Signed links: what they open, until when, and what breaks them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.signing import PARAMETERS, read, sign

WORKSPACE = UUID("0199f000-0000-7000-8000-000000000001")
PATH = "/v1/journeys/0199f000-0000-7000-8000-000000000002/emotion-curve"
SECRET = "one secret of many characters"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
MAX_EXPIRY = datetime(9999, 12, 30, tzinfo=UTC)


def query(expires_at=TOMORROW, path=PATH, workspace_id=WORKSPACE, secret=SECRET, form="svg"):
    return dict(parse_qsl(sign(path, form, workspace_id, expires_at, secret)))


def verify(path, given, now, secret):
    """The workspace that a link opens `path` in, or None."""
    link = read(path, given, secret)
    return link.workspace_id if link is not None and link.opens(now) else None


def test_a_link_opens_its_path_in_its_workspace():
    assert verify(PATH, query(), NOW, SECRET) == WORKSPACE


def test_other_parameters_beside_a_links_own_do_not_matter():
    assert verify(PATH, query() | {"theme": "dark"}, NOW, SECRET) == WORKSPACE


def test_a_link_opens_no_other_path():
    assert verify(PATH + "/", query(), NOW, SECRET) is None
    assert verify("/v1/journeys", query(), NOW, SECRET) is None


def test_a_link_ends_at_its_expiry():
    assert verify(PATH, query(), TOMORROW - timedelta(seconds=1), SECRET) == WORKSPACE
    assert verify(PATH, query(), TOMORROW, SECRET) is None


def test_an_altered_format_workspace_expiry_or_signature_opens_nothing():
    later = TOMORROW + timedelta(days=1)
    other = query(workspace_id=UUID(int=7), expires_at=later, form="json")
    for name in PARAMETERS:
        assert verify(PATH, query() | {name: other[name]}, NOW, SECRET) is None


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_missing_part_opens_nothing(name):
    parts = query()
    del parts[name]
    assert verify(PATH, parts, NOW, SECRET) is None


def test_another_secret_opens_nothing():
    assert verify(PATH, query(), NOW, SECRET + "!") is None


@pytest.mark.parametrize("secret", ["", "too short"])
def test_without_a_long_secret_nothing_is_signed_and_nothing_opens(secret):
    with pytest.raises(ValueError, match="at least 16"):
        sign(PATH, "svg", WORKSPACE, TOMORROW, secret)
    assert verify(PATH, query(), NOW, secret) is None


@given(st.fixed_dictionaries({name: st.text(st.characters()) for name in PARAMETERS}))
def test_nothing_a_caller_makes_up_opens_or_breaks_it(made_up):
    assert verify(PATH, made_up, NOW, SECRET) is None


@given(st.text(st.characters()), st.uuids(), st.datetimes(NOW.replace(tzinfo=None)))
def test_any_path_can_be_signed(path, workspace_id, expires_at):
    at = min(expires_at.replace(tzinfo=UTC), MAX_EXPIRY) + timedelta(seconds=1)
    assert verify(path, query(at, path, workspace_id), NOW, SECRET) == workspace_id
