"""What is wrong with a deployment: its settings, its roles, its database, its schema.

Facts are read by the roles of the URLs; each rule is a function from facts to findings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import msgspec
from starlette.routing import BaseRoute

from service import guard, revision
from service.api.graphql import endpoint as graphql
from service.api.rest import routes as rest
from service.api.rest.later import Later
from service.database import utc_now
from service.domain.signing import SHORTEST_SECRET, too_short
from service.guard import Standing
from service.roles import APP, LIMITS, OWNER, WORKER
from service.settings import Settings, SettingsError

OLDEST_SERVER, NEWEST_SERVER = 15, 18
"""Majors of Postgres that the migrations and the tests run on."""
MOST_SKEW = timedelta(seconds=5)
"""Between the clocks: a key or a link would live so much longer, or shorter, than it says."""

# A partition needs no policies of its own while nobody may read it past those of its parent.
_FACTS = """
SELECT current_setting('server_version_num')::int / 10000 AS server,
       current_setting('server_encoding') AS encoding,
       ARRAY(SELECT name FROM pg_settings WHERE name = ANY($1) AND setting = '0') AS unlimited,
       ARRAY(SELECT relname::text FROM pg_class c
             WHERE relnamespace = to_regnamespace('waypost') AND relkind IN ('r', 'p')
               AND (NOT relispartition OR has_table_privilege(c.oid, 'SELECT'))
               AND EXISTS (SELECT FROM pg_attribute
                           WHERE attrelid = c.oid AND attname = 'workspace_id')
               AND NOT (relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))
             ORDER BY relname) AS unguarded,
       coalesce(pg_has_role(to_regrole($2), 'USAGE'), false) AS has_rights,
       pg_postmaster_start_time()::text || (SELECT oid FROM pg_database
                                            WHERE datname = current_database()) AS database,
       clock_timestamp() AS clock
"""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, and what to do about it. An `error` makes `check` fail."""

    code: str
    severity: Literal["error", "warning"]
    setting: str
    detail: str
    advice: str

    @property
    def line(self) -> str:
        """The finding on one line."""
        told = f"{self.severity}: {self.setting}: {self.detail} {self.advice}"
        return " ".join(told.split())


class Report(msgspec.Struct, frozen=True):
    """All findings; `ok` is whether none of them is an error. `release` is its own revision."""

    ok: bool
    release: str
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a role sees of its database. `ahead` is the database's clock less ours."""

    standing: Standing
    server: int
    encoding: str
    unlimited: tuple[str, ...]
    unguarded: tuple[str, ...]
    has_rights: bool
    database: str
    ahead: timedelta


async def report(settings: Settings) -> Report:
    """Look at everything that these settings name."""
    found = [*of_settings(settings), *of_release(rest.ROUTES)]
    seen: dict[str, Facts] = {}
    for role, name in ((APP, ""), (OWNER, "OWNER_"), (WORKER, "WORKER_")):
        setting = f"WAYPOST_{name}DATABASE_URL"
        url = getattr(settings, f"{name.lower()}database_url")
        if url is None:
            continue
        try:
            seen[role] = await _facts(url, settings, role)
        except guard.AwayError as error:
            found.append(_error("database_away", setting, str(error), _REACH))
        except SettingsError as error:
            found.append(_error("database_refuses", setting, str(error), _ENTER))
    for role, facts in seen.items():
        found += _RULES[role](facts, settings, seen.get(APP))
    ok = not any(finding.severity == "error" for finding in found)
    return Report(ok, revision.own(), found)


async def _facts(url: str, settings: Settings, role: str) -> Facts:
    standing = await guard.standing(url, settings)
    async with guard.connected(url, settings) as connection:
        before = utc_now()
        row: Mapping[str, Any] = await connection.fetchrow(_FACTS, list(LIMITS[role]), role)
        ahead = row["clock"] - (before + (utc_now() - before) / 2)
    lists = {name: tuple(row[name]) for name in ("unlimited", "unguarded")}
    plain = {name: row[name] for name in ("server", "encoding", "has_rights", "database")}
    seen: dict[str, Any] = {**plain, **lists, "standing": standing, "ahead": ahead}
    return Facts(**seen)


_REACH = "Look at host and port, at the network between, and whether the server runs."
_ENTER = (
    "In a new database, make the roles first: `waypost grant-roles`. Else look at role, password "
    "and database name, and at the server's pg_hba.conf."
)


def of_settings(settings: Settings) -> Iterator[Finding]:
    """What is wrong with the settings themselves."""
    if not settings.signing_key:
        yield Finding(
            "signing_key_missing",
            "warning",
            "WAYPOST_SIGNING_KEY",
            "It is not set, so no link can be made that opens in a browser.",
            f"Give all processes the same random text of {SHORTEST_SECRET} characters or more.",
        )
    elif detail := too_short(settings.signing_key):
        yield _error("signing_key_short", "WAYPOST_SIGNING_KEY", detail, "Take a longer one.")
    if not settings.blocking_key:
        yield Finding(
            "blocking_key_missing",
            "warning",
            "WAYPOST_BLOCKING_KEY",
            "It is not set, so erased people are known again by the signing key, and nobody is "
            "erased without that.",
            f"Give all processes the same random text of {SHORTEST_SECRET} characters or more, for "
            "good; that of the signing key, where people were erased before.",
        )
    elif detail := too_short(settings.blocking_key):
        yield _error("blocking_key_short", "WAYPOST_BLOCKING_KEY", detail, "Take a longer one.")
    if settings.database_url is None:
        yield _error(
            "no_database_url",
            "WAYPOST_DATABASE_URL",
            "It is not set: serve would start a database of its own.",
            f"Set it to the URL of {APP}.",
        )


def of_release(routes: Iterable[BaseRoute]) -> Iterator[Finding]:
    """What of this release cannot be loaded, which `serve` does when it is first asked for."""
    loads: list[Callable[[], object]] = [one.routes for one in routes if isinstance(one, Later)]
    said: dict[str, None] = {}
    loads.append(graphql.running)
    for load in loads:
        try:
            load()
        except Exception as error:  # whatever a damaged installation raises
            said[f"{type(error).__name__}: {error}."] = None
    for detail in said:
        yield _error("release_damaged", "waypost", detail, "Install it anew, and what it needs.")


def of_serving(facts: Facts, settings: Settings, _: Facts | None = None) -> Iterator[Finding]:
    """What is wrong for the role that serves, and with the database it serves from."""
    at, standing = "WAYPOST_DATABASE_URL", facts.standing
    for sentence in guard.objections(standing):
        yield _error("role_unfit", at, sentence, "")
    if not facts.has_rights:
        detail = f"The role {standing.role} has not the rights of {APP}."
        yield _error(
            "role_without_rights", at, detail, f"Serve as {APP}, which `waypost grant-roles` makes."
        )
    yield from _server(facts, at)
    yield from _schema(facts, at)
    yield from _unlimited(facts, at)
    if said := guard.crowded(standing, settings):
        yield _error("too_many_connections", at, said, "")
    elif settings.workers * settings.pool_size * 2 > standing.connections:
        detail = (
            f"Two releases side by side would want {settings.workers * settings.pool_size * 2} "
            f"connections, and the database gives {standing.connections}."
        )
        advice = "Before an upgrade without a pause, lower WAYPOST_POOL_SIZE or raise its limit."
        yield Finding("no_room_to_roll", "warning", at, detail, advice)


def of_owner(facts: Facts, _: Settings, serving: Facts | None) -> Iterator[Finding]:
    """What is wrong for the role that migrates."""
    at, standing = "WAYPOST_OWNER_DATABASE_URL", facts.standing
    if standing.superuser:
        detail = f"{standing.role} need not be a superuser."
        yield _error("needless_superuser", at, detail, f"Migrate as {OWNER}.")
    if standing.revision is not None and not standing.owns:
        detail = f"{standing.role} does not own the tables, so it cannot migrate."
        yield _error("not_the_owner", at, detail, f"Migrate as {OWNER}.")
    yield from _elsewhere(facts, serving, at)
    yield from _unlimited(facts, at)


def of_worker(facts: Facts, _: Settings, serving: Facts | None) -> Iterator[Finding]:
    """What is wrong for the role of background work."""
    at, standing = "WAYPOST_WORKER_DATABASE_URL", facts.standing
    if standing.superuser:
        detail = f"{standing.role} need not be a superuser."
        yield _error("needless_superuser", at, detail, f"Work as {WORKER}.")
    elif standing.bypasses or standing.owns:
        detail = f"No policy holds for {standing.role}."
        yield _error("role_unfit", at, detail, f"Work as {WORKER}.")
    yield from _elsewhere(facts, serving, at)
    yield from _unlimited(facts, at)


_Rule = Callable[[Facts, Settings, Facts | None], Iterator[Finding]]
_RULES: Mapping[str, _Rule] = {APP: of_serving, OWNER: of_owner, WORKER: of_worker}


def _server(facts: Facts, at: str) -> Iterator[Finding]:
    supported = f"Postgres {OLDEST_SERVER} to {NEWEST_SERVER}"
    if facts.server < OLDEST_SERVER:
        detail = f"The server is Postgres {facts.server}, which is too old."
        yield _error("server_too_old", at, detail, f"Move to {supported}.")
    elif facts.server > NEWEST_SERVER:
        detail = f"The server is Postgres {facts.server}, which this release was not tried on."
        yield Finding("server_untried", "warning", at, detail, f"It was tried on {supported}.")
    if facts.encoding != "UTF8":
        detail = f"The database's encoding is {facts.encoding}, which cannot hold every text."
        yield _error("encoding", at, detail, "Make the database anew with ENCODING 'UTF8'.")
    if abs(facts.ahead) > MOST_SKEW:
        seconds = facts.ahead.total_seconds()
        detail = (
            f"The database's clock is {abs(seconds):.0f} s {'ahead' if seconds > 0 else 'late'}."
        )
        yield _error("clock_skew", at, detail, "Keep both machines' clocks in step.")


def _schema(facts: Facts, at: str) -> Iterator[Finding]:
    found, release = facts.standing.revision, revision.own()
    if said := guard.behind(facts.standing):
        waiting = ", ".join(revision.after(found))
        yield _error("schema_older", at, said, f"Waiting: {waiting}.")
    elif found != release:
        detail = f"The schema is at {found}, newer than this release's {release}, which runs on it."
        advice = "Nothing after a rollback; else roll out the release that migrated."
        yield Finding("schema_newer", "warning", at, detail, advice)
    if facts.unguarded:
        tables = ", ".join(facts.unguarded)
        detail = f"Without row-level security, so open to every workspace: {tables}."
        advice = "Take the service down; restore the policies from a dump of the schema."
        yield _error("tables_unguarded", at, detail, advice)


def _unlimited(facts: Facts, at: str) -> Iterator[Finding]:
    if facts.unlimited:
        detail = f"The role {facts.standing.role} has no {', '.join(facts.unlimited)}."
        yield _error("no_time_limit", at, detail, "Run `waypost grant-roles`.")


def _elsewhere(facts: Facts, serving: Facts | None, at: str) -> Iterator[Finding]:
    if serving is not None and serving.database != facts.database:
        detail = "It leads to another database than WAYPOST_DATABASE_URL."
        yield _error("another_database", at, detail, "Name the same database in both.")


def _error(code: str, setting: str, detail: str, advice: str) -> Finding:
    return Finding(code, "error", setting, detail, advice)
