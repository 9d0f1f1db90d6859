"""What an operator can set up wrongly, and what the commands say of it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest
from fastapi import FastAPI

from service import guard, revision
from service.guard import Standing
from service.roles import APP, OWNER, WORKER
from service.settings import Settings
from tests.conftest import PASSWORD, url_of
from tests.faults.conftest import Say
from tests.make import Client

FIT = Standing(APP, False, False, (), (), 97, revision.own())


@pytest.fixture
async def role(postgres_url: str) -> AsyncIterator[str]:
    """A role that a test spoils as it likes."""
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE ROLE tests_spoilt LOGIN PASSWORD '{PASSWORD}'")
    yield "tests_spoilt"
    await connection.execute("DROP ROLE tests_spoilt")
    await connection.close()


# -- who may serve -----------------------------------------------------------------------------


async def test_the_serving_role_is_fit(settings: Settings) -> None:
    found = await guard.admitted(str(settings.database_url), settings)
    assert (found.role, found.owns, found.sees) == (APP, (), ())
    assert found.revision == revision.own()
    assert guard.behind(found) is None
    assert guard.crowded(found, settings) is None


async def test_an_owner_does_not_serve(settings: Settings) -> None:
    with pytest.raises(guard.UnfitError, match=f"{OWNER} owns accounts"):
        await guard.admitted(str(settings.owner_database_url), settings)


async def test_a_superuser_does_not_serve(postgres_url: str, settings: Settings) -> None:
    with pytest.raises(guard.UnfitError, match="is a superuser"):
        await guard.admitted(postgres_url, settings)


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [("ALTER ROLE {} BYPASSRLS", "has BYPASSRLS"), (f"GRANT {OWNER} TO {{}}", "owns")],
)
async def test_a_role_that_gets_around_policies_does_not_serve(
    role: str, spoilt: str, said: str, postgres_url: str, settings: Settings
) -> None:
    url = str(settings.database_url).replace(APP, role)
    await guard.admitted(url, settings)
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(spoilt.format(role))
    await connection.close()
    with pytest.raises(guard.UnfitError, match=said):
        await guard.admitted(url, settings)


async def test_the_worker_does_not_serve(settings: Settings) -> None:
    said = "The role waypost_worker sees every tenant's rows of outbox. Serve as waypost_app."
    with pytest.raises(guard.UnfitError) as refused:
        await guard.admitted(str(settings.worker_database_url), settings)
    assert str(refused.value) == said


async def test_a_role_that_may_be_the_worker_does_not_serve(
    role: str, postgres_url: str, settings: Settings
) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"GRANT {WORKER}, {APP} TO {role}")
    await connection.close()
    with pytest.raises(guard.UnfitError, match="sees every tenant's rows of outbox"):
        await guard.admitted(str(settings.database_url).replace(APP, role), settings)


async def test_a_database_nobody_runs_is_away_and_a_wrong_password_is_not(
    settings: Settings,
) -> None:
    with pytest.raises(guard.AwayError, match="cannot be reached"):
        await guard.standing("postgresql://waypost_app@127.0.0.1:1/none", settings)
    wrong = str(settings.database_url).replace(PASSWORD, "guessed")
    with pytest.raises(guard.UnfitError, match="refuses the connection") as refused:
        await guard.standing(wrong, settings)
    assert not isinstance(refused.value, guard.AwayError)


def test_an_older_schema_is_told_with_what_to_do() -> None:
    assert "never been migrated" in str(guard.behind(replace(FIT, revision=None)))
    assert "is at 0000" in str(guard.behind(replace(FIT, revision="0000")))
    assert guard.behind(replace(FIT, revision="9999")) is None


def test_more_connections_than_the_database_gives_are_told() -> None:
    settings = Settings(workers=4, pool_size=30)
    assert "want 120, and the database gives 97" in str(guard.crowded(FIT, settings))


# -- commands ----------------------------------------------------------------------------------


async def test_a_new_server_is_set_up_by_three_commands(
    say: Say, postgres_url: str, make_database: Callable[[str], Awaitable[None]]
) -> None:
    name = "waypost_set_up"
    await make_database(name)
    app, owner = (url_of(postgres_url, role, name) for role in (APP, OWNER))
    urls = {"database_url": app, "owner_database_url": owner}
    code, out, _ = await say("check", **urls)
    assert (code, "has never been migrated" in out) == (1, True)
    admin = url_of(postgres_url, "tests_admin", name)
    assert (await say("grant-roles", "--run", admin, **urls))[0] == 0
    code, out, _ = await say("migrate", **urls)
    assert (code, out) == (0, f"The schema is at {revision.own()}.\n")
    key = "of forty random characters, or of more"
    keys = {"signing_key": key, "blocking_key": key}
    assert await say("check", **keys, **urls) == (0, "Nothing is wrong.\n", "")


async def test_check_says_all_that_is_wrong_at_once(say: Say, settings: Settings) -> None:
    code, out, _ = await say(
        "check",
        database_url=settings.owner_database_url,
        owner_database_url="postgresql://nobody@127.0.0.1:1/none",
        pool_size="5000",
        signing_key="short",
    )
    assert code == 1
    for said in (
        "SIGNING_KEY: It has fewer",
        "owns accounts",
        "want 5000",
        "OWNER_DATABASE",
    ):
        assert said in out


async def test_role_sql_is_printed_for_the_database_of_the_url_and_holds_no_password(
    say: Say,
) -> None:
    code, out, _ = await say("grant-roles")
    assert code == 0
    assert 'ON DATABASE "waypost_tests"' in out
    assert PASSWORD not in out
    assert 'ON DATABASE "other"' in (await say("grant-roles", "--database", "other"))[1]


async def test_a_workspace_and_its_keys_are_made_and_printed_once(say: Say, app: FastAPI) -> None:
    code, founded, _ = await say("create-workspace", "--name", "客户", "--time-zone", "Asia/Tokyo")
    workspace = json.loads(founded)
    assert (code, workspace["name"], workspace["time_zone"]) == (0, "客户", "Asia/Tokyo")
    async with Client.entering(app, founded) as client:
        await client.got(f"/v1/workspaces/{workspace['id']}")
    options = ["--workspace", workspace["id"], "--scope", "maps:read", "--expires-in", "90d"]
    _, made, _ = await say("create-key", *options, "--name", "reader")
    assert json.loads(made)["scopes"] == ["maps:read"]
    assert json.loads(made)["expires_at"] is not None
    async with Client.entering(app, made) as client:
        await client.got("/v1/profiles")


async def test_an_operators_key_is_made_by_the_command_line(say: Say, app: FastAPI) -> None:
    _, made, _ = await say("create-key", "--operator", "--name", "provisioning")
    async with Client.entering(app, made) as client:
        assert (await client.get("/v1/workspaces?limit=1")).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list-keys", "--workspace", "0" * 31 + "7"], "no workspace"),
        (["list-keys", "--workspace", "0" * 32], "no workspace"),
        (["revoke-key", "0" * 31 + "7"], "no api_key"),
        (["revoke-key", "0" * 31 + "7", "--workspace", "0" * 31 + "7"], "no workspace"),
        (["revoke-key", "not-an-id"], None),
        (["create-key", "--operator", "--scope", "admin"], "none for an operator's"),
        (["create-key", "--workspace", "not-an-id", "--scope", "admin"], None),
        (["create-key", "--workspace", "0" * 32, "--scope", "admin"], "no workspace"),
        (["create-key", "--workspace", "0" * 31 + "7", "--scope", "admin"], "no workspace"),
        (["create-key", "--workspace", "0" * 31 + "7"], "Give --scope"),
        (["create-workspace", "--name", " ", "--time-zone", "Mars"], "/time_zone"),
    ],
)
async def test_what_cannot_be_made_is_said_in_a_sentence(
    say: Say, arguments: list[str], said: str | None
) -> None:
    if said is None:
        with pytest.raises(SystemExit):
            await say(*arguments)
        return
    code, out, err = await say(*arguments)
    assert (code, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


async def test_without_a_database_url_nothing_is_made_or_migrated(
    say: Say,
) -> None:
    code, _, err = await say("create-workspace", "--name", "n", database_url=None)
    assert (code, "WAYPOST_DATABASE_URL is not set" in err) == (1, True)
    code, _, err = await say("migrate", database_url=None)
    assert (code, "WAYPOST_OWNER_DATABASE_URL is not set" in err) == (1, True)


async def test_a_signing_key_that_could_be_guessed_does_not_serve(say: Say) -> None:
    code, out, err = await say("serve", signing_key="short", port="0")
    assert (code, out) == (1, "")
    assert err == (
        "waypost: WAYPOST_SIGNING_KEY: It has fewer than 16 characters, so it could be guessed. "
        "Take a longer one.\n"
    )


async def test_before_the_first_migration_keys_are_refused_in_a_sentence(
    say: Say, postgres_url: str, make_database: Callable[[str], Awaitable[None]]
) -> None:
    await make_database("waypost_unmigrated")
    url = url_of(postgres_url, APP, "waypost_unmigrated")
    for arguments in (
        ["create-workspace", "--name", "Ours"],
        ["create-key", "--operator"],
        ["list-keys"],
        ["revoke-key", "0" * 31 + "7"],
    ):
        code, out, err = await say(*arguments, database_url=url)
        assert (code, out) == (1, "")
        assert err.startswith("waypost: The schema has never been migrated")
        assert err.endswith("run `waypost migrate`.\n")


async def test_check_names_the_command_that_makes_the_roles(say: Say, settings: Settings) -> None:
    wrong = str(settings.database_url).replace(PASSWORD, "not-yet-set")
    code, out, _ = await say("check", database_url=wrong)
    assert (code, "make the roles first: `waypost grant-roles`" in out) == (1, True)


async def test_a_scope_that_is_none_is_answered_with_those_there_are(say: Say) -> None:
    _, founded, _ = await say("create-workspace", "--name", "Ours")
    workspace = json.loads(founded)["id"]
    code, _, err = await say("create-key", "--workspace", workspace, "--scope", "foo")
    assert (code, "/scopes/0" in err, "'maps:read'" in err, "<" in err) == (1, True, True, False)


async def test_a_workspaces_key_is_not_found_without_naming_the_workspace(say: Say) -> None:
    _, founded, _ = await say("create-workspace", "--name", "Ours")
    found = (await say("list-keys", "--workspace", json.loads(founded)["id"]))[1]
    code, _, err = await say("revoke-key", json.loads(found)["id"])
    assert (code, "--workspace ID" in err) == (1, True)
