"""`waypost check`: every fault that it looks for, made in a database of its own."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from service import checking, cli, revision
from service.api.rest.later import Later
from service.checking import Facts, Finding
from service.guard import Standing
from service.roles import APP, OWNER, WORKER
from service.settings import Settings, read
from tests.conftest import PASSWORD, url_of

NAME = "waypost_checked"
SECRET = "of forty random characters, or of more"
FIT = Facts(Standing(APP, False, False, (), (), 97, revision.own()), 18, "UTF8", (), (), True, "a",
            timedelta(0))  # fmt: skip


def codes(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.code, finding.setting.removesuffix("_DATABASE_URL")) for finding in findings}


@pytest.fixture(scope="module")
async def deployed(postgres_url: str, make_migrated: Callable[[str], Awaitable[None]]) -> Settings:
    """A deployment in which nothing is wrong."""
    await make_migrated(NAME)
    app, owner, worker = (url_of(postgres_url, role, NAME) for role in (APP, OWNER, WORKER))
    keys = {"signing_key": SECRET, "blocking_key": SECRET.upper()}
    return Settings(app, owner, worker, **keys)


@pytest.fixture
async def spoil(
    postgres_url: str, deployed: Settings
) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Run SQL as superuser in the deployment's database, and what undoes it afterwards."""
    connection = await asyncpg.connect(url_of_superuser(postgres_url))
    undone: list[str] = []

    async def run(sql: str, undo: str) -> None:
        await connection.execute(sql)
        undone.append(undo)

    yield run
    for sql in undone:
        await connection.execute(sql)
    await connection.close()
    assert (await checking.report(deployed)).findings == []


def url_of_superuser(postgres_url: str) -> str:
    return postgres_url.rpartition("/")[0] + f"/{NAME}"


async def test_nothing_is_wrong_with_what_the_commands_set_up(deployed: Settings) -> None:
    found = await checking.report(deployed)
    assert (found.ok, found.findings, found.release) == (True, [], revision.own())


@pytest.mark.parametrize(
    ("sql", "undo", "expected"),
    [
        (
            "ALTER TABLE waypost.steps DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE waypost.steps ENABLE ROW LEVEL SECURITY",
            {("tables_unguarded", "WAYPOST")},
        ),
        (
            f"ALTER ROLE {APP} RESET statement_timeout",
            f"ALTER ROLE {APP} SET statement_timeout = '15s'",
            {("no_time_limit", "WAYPOST")},
        ),
        (
            f"ALTER ROLE {OWNER} SET lock_timeout = 0",
            f"ALTER ROLE {OWNER} SET lock_timeout = '5s'",
            {("no_time_limit", "WAYPOST_OWNER")},
        ),
        (
            f"ALTER ROLE {APP} BYPASSRLS",
            f"ALTER ROLE {APP} NOBYPASSRLS",
            {("role_unfit", "WAYPOST")},
        ),
        (
            f"ALTER ROLE {WORKER} BYPASSRLS",
            f"ALTER ROLE {WORKER} NOBYPASSRLS",
            {("role_unfit", "WAYPOST_WORKER")},
        ),
        (
            f"ALTER DATABASE {NAME} CONNECTION LIMIT 12",
            f"ALTER DATABASE {NAME} CONNECTION LIMIT -1",
            {("no_room_to_roll", "WAYPOST")},
        ),
        (
            f"ALTER DATABASE {NAME} CONNECTION LIMIT 4",
            f"ALTER DATABASE {NAME} CONNECTION LIMIT -1",
            {("too_many_connections", "WAYPOST")},
        ),
        (
            "UPDATE waypost.alembic_version SET version_num = '0002'",
            f"UPDATE waypost.alembic_version SET version_num = '{revision.own()}'",
            {("schema_older", "WAYPOST")},
        ),
        (
            "UPDATE waypost.alembic_version SET version_num = '9999'",
            f"UPDATE waypost.alembic_version SET version_num = '{revision.own()}'",
            {("schema_newer", "WAYPOST")},
        ),
    ],
    ids=lambda value: next(iter(value))[0] if isinstance(value, set) else "",
)
async def test_a_fault_is_found_and_nothing_else(
    sql: str,
    undo: str,
    expected: set[tuple[str, str]],
    deployed: Settings,
    spoil: Callable[..., Awaitable[None]],
) -> None:
    await spoil(sql, undo)
    found = await checking.report(deployed)
    assert codes(found.findings) == expected
    assert found.ok == all(finding.severity == "warning" for finding in found.findings)
    (finding,) = found.findings
    assert "\n" not in finding.line


def test_files_that_cannot_be_loaded_are_found_before_somebody_asks_for_them() -> None:
    lost = [Later("is_not_there", "/v1/lost"), Later("nor_is_this", "/v1/lost-too")]
    found = list(checking.of_release(lost))
    assert codes(found) == {("release_damaged", "waypost")}
    assert [
        name in finding.detail
        for name, finding in zip(("is_not_there", "nor_is_this"), found, strict=True)
    ] == [True, True]


async def test_what_waits_to_be_migrated_is_named(
    deployed: Settings, spoil: Callable[..., Awaitable[None]]
) -> None:
    version = "UPDATE waypost.alembic_version SET version_num = '{}'"
    await spoil(version.format("0002"), version.format(revision.own()))
    (finding,) = (await checking.report(deployed)).findings
    assert "run `waypost migrate`" in finding.detail
    assert finding.advice == f"Waiting: {', '.join(revision.after('0002'))}."
    assert revision.after("0002")[0] == "0003"


async def test_roles_in_each_others_place_are_told(deployed: Settings, postgres_url: str) -> None:
    swapped = replace(
        deployed,
        database_url=deployed.worker_database_url,
        owner_database_url=deployed.database_url,
        worker_database_url=url_of_superuser(postgres_url),
    )
    found = codes((await checking.report(swapped)).findings)
    assert ("role_without_rights", "WAYPOST") in found
    assert ("not_the_owner", "WAYPOST_OWNER") in found
    assert ("needless_superuser", "WAYPOST_WORKER") in found


async def test_two_databases_are_not_taken_for_one(deployed: Settings, settings: Settings) -> None:
    mixed = replace(deployed, owner_database_url=settings.owner_database_url)
    assert codes((await checking.report(mixed)).findings) == {("another_database", "WAYPOST_OWNER")}


async def test_a_server_that_is_away_is_another_thing_than_one_that_refuses(
    deployed: Settings,
) -> None:
    wrong = str(deployed.database_url).replace(PASSWORD, "guessed")
    away = "postgresql://waypost_owner@127.0.0.1:1/none"
    both = replace(deployed, database_url=wrong, owner_database_url=away)
    found = (await checking.report(both)).findings
    assert codes(found) == {("database_refuses", "WAYPOST"), ("database_away", "WAYPOST_OWNER")}
    assert not any(PASSWORD in finding.line or "guessed" in finding.line for finding in found)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"server": 14}, "server_too_old"),
        ({"server": 19}, "server_untried"),
        ({"encoding": "LATIN1"}, "encoding"),
        ({"ahead": timedelta(seconds=6)}, "clock_skew"),
        ({"ahead": timedelta(seconds=-6)}, "clock_skew"),
    ],
)
def test_what_cannot_be_made_here_is_judged_all_the_same(
    changed: dict[str, object], expected: str
) -> None:
    facts = replace(FIT, **changed)  # type: ignore[arg-type]
    assert [finding.code for finding in checking.of_serving(facts, Settings())] == [expected]
    assert not list(checking.of_serving(FIT, Settings()))


@pytest.mark.parametrize(
    ("blocking_key", "expected"),
    [
        ("", [("blocking_key_missing", "warning")]),
        ("short", [("blocking_key_short", "error")]),
        (SECRET.upper(), []),
    ],
)
def test_a_deployment_wants_a_key_of_its_own_for_the_erased(
    blocking_key: str, expected: list[tuple[str, str]]
) -> None:
    """The signing key stands in for it, and may be changed at will."""
    settings = Settings("postgresql://x", signing_key=SECRET, blocking_key=blocking_key)
    found = list(checking.of_settings(settings))
    assert [(one.code, one.severity) for one in found] == expected
    assert {one.setting for one in found} <= {"WAYPOST_BLOCKING_KEY"}


def test_the_key_for_the_erased_may_be_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(SECRET)
    monkeypatch.delenv("WAYPOST_BLOCKING_KEY", raising=False)
    monkeypatch.setenv("WAYPOST_BLOCKING_KEY_FILE", str(tmp_path / "key"))
    codes = [one.code for one in checking.of_settings(read())]
    assert not any(code.startswith("blocking_key") for code in codes)


def test_a_machine_reads_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DATABASE_URL", "WAYPOST_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("WAYPOST_BLOCKING_KEY", raising=False)
    monkeypatch.setenv("WAYPOST_SIGNING_KEY", "short")
    assert cli.main(["check", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["release"]) == (False, revision.own())
    assert [one["code"] for one in found["findings"]] == [
        *("signing_key_short", "blocking_key_missing", "no_database_url")
    ]
    assert set(found["findings"][0]) == {"code", "severity", "setting", "detail", "advice"}
