"""The command `waypost`. Whatever is slow to load is loaded by the command that needs it."""

import argparse
import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from service import loading, rebuilding
from service import settings as environment
from service.domain.errors import DomainError, NotFound
from service.durations import duration
from service.settings import Settings, SettingsError

if TYPE_CHECKING:
    from service.domain.reading import Document
    from service.domain.work import Work

T = TypeVar("T")


class CommandError(Exception):
    """The command cannot be carried out; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. What an operator can mend is said on standard error."""
    given = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = given.command
    try:
        return command(given)
    except (CommandError, SettingsError, loading.LoadError) as error:
        print(f"waypost: {error}", file=sys.stderr)
    except DomainError as error:
        said = [error.detail, *(f"{p.pointer}: {p.detail}" for p in error.problems)]
        print(f"waypost: {' '.join(said)}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="waypost", description="The Waypost service.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        said = (command.__doc__ or "").strip()
        made = commands.add_parser(name, help=said.splitlines()[0], description=said)
        made.set_defaults(command=command)
        return made

    add("serve", serve)
    add("work", work)
    add("migrate", migrate)
    granting = add("grant-roles", grant_roles)
    granting.add_argument("--database", help="its name; by default the one in the URL")
    granting.add_argument("--run", metavar="URL", help="run it there instead of printing it")
    checking = add("check", check)
    checking.add_argument("--json", action="store_true", help="as one JSON document")
    founding = add("create-workspace", create_workspace)
    founding.add_argument("--name", required=True)
    founding.add_argument("--time-zone", default="UTC", help="as in the IANA database")
    _key_options(add("create-key", create_key))
    _owner_option(add("list-keys", list_keys))
    revoking = add("revoke-key", revoke_key)
    revoking.add_argument("id", type=UUID, metavar="ID", help="as list-keys shows it")
    _owner_option(revoking)
    linking = add("link", link)
    linking.add_argument("--workspace", type=UUID, required=True, help="the map's workspace")
    linking.add_argument("journey", type=UUID, metavar="JOURNEY_ID")
    said = "how long it opens, such as 12h, 30d; at most 90d, else 7d"
    linking.add_argument("--for", dest="lasts", type=duration, default="7d", help=said)
    linking.add_argument("--format", default="svg", help="svg, png, csv, json or vega-lite")
    linking.add_argument("--url", default="", metavar="BASE", help="such as https://maps.example")
    loading.options(add("load-events", loading.load_events))
    rebuilding.options(add("rebuild", rebuilding.rebuild))
    exporting = add("export-contracts", export_contracts)
    exporting.add_argument("--to", type=Path, default=Path("openapi"), help="a folder")
    return parser


def _key_options(parser: argparse.ArgumentParser) -> None:
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--workspace", type=UUID, help="the id of the workspace it opens")
    whose.add_argument("--operator", action="store_true", help="to make and list workspaces")
    parser.add_argument("--scope", action="append", default=[], help="such as maps:read; several")
    said = "for browsers: anybody may read it; it takes --scope events:write alone"
    parser.add_argument("--public", action="store_true", help=said)
    parser.add_argument("--name", default="made by the command line")
    parser.add_argument("--expires-in", type=duration, help="such as 12h, 90d; else never")


def _owner_option(parser: argparse.ArgumentParser) -> None:
    said = "the id of the workspace they open; else operators' keys"
    parser.add_argument("--workspace", type=UUID, default=None, help=said)


def serve(_: argparse.Namespace) -> int:
    """Serve the API; without WAYPOST_DATABASE_URL on a database of its own."""
    # What is loaded stays: to walk through it over and over is a sixth of the start. The collector
    # begins again when the application stands.
    gc.disable()
    from service import serving
    from service.domain.signing import too_short

    settings = environment.read()
    for name in ("signing_key", "blocking_key"):
        if said := too_short(getattr(settings, name)):
            raise SettingsError(f"WAYPOST_{name.upper()}: {said} Take a longer one.")
    with serving.listening(settings) as listener:
        if settings.database_url is not None:
            return serving.serve(settings, settings.database_url, listener)
        if settings.in_container:
            raise SettingsError("WAYPOST_DATABASE_URL is not set: the image holds no database.")
        from service import development

        return development.serve(settings, listener)


def work(_: argparse.Namespace) -> int:
    """Do what is due without being asked for, until told to stop: retention, segments."""
    from service import worker

    settings = environment.read()
    if settings.worker_database_url is None:
        raise SettingsError("WAYPOST_WORKER_DATABASE_URL is not set.")
    return worker.run(settings, settings.worker_database_url)


def migrate(_: argparse.Namespace) -> int:
    """Bring the schema to this release's revision, as WAYPOST_OWNER_DATABASE_URL."""
    from service import deployment

    print(f"The schema is at {deployment.migrated(environment.read())}.")
    return 0


def grant_roles(given: argparse.Namespace) -> int:
    """Print the SQL that makes the roles, or run it as a user with CREATEROLE."""
    from service import deployment

    settings = environment.read()
    if given.run is None:
        print(deployment.role_sql(settings, given.database), end="")
    else:
        asyncio.run(deployment.grant_roles(settings, given.run, given.database))
    return 0


def check(given: argparse.Namespace) -> int:
    """Say what is wrong with this deployment, and what to do; the exit code is 1 on an error."""
    import msgspec

    from service import checking

    found = asyncio.run(checking.report(environment.read()))
    if given.json:
        print(msgspec.json.encode(found).decode())
    else:
        print("\n".join(finding.line for finding in found.findings) or "Nothing is wrong.")
    return 0 if found.ok else 1


def create_workspace(given: argparse.Namespace) -> int:
    """Make a workspace and print it with its first key, which is not shown again."""
    from service.domain import access
    from service.domain.inputs import checked
    from service.domain.work import OPERATORS

    asked = {"name": given.name, "time_zone": given.time_zone}

    async def wanted(work: "Work") -> "Document":
        return await access.WORKSPACES.create(work, checked(access.NewWorkspace, asked))

    return _written(OPERATORS, wanted)


def create_key(given: argparse.Namespace) -> int:
    """Make an API key and print it; it is not shown again."""
    from service.domain import access
    from service.domain.inputs import checked
    from service.domain.work import OPERATORS

    def expiry(now: datetime) -> datetime | None:
        return None if given.expires_in is None else now + given.expires_in

    async def for_operator(work: "Work") -> "Document":
        return await access.operator_key(work, given.name, expiry(work.now))

    async def for_workspace(work: "Work") -> "Document":
        await _known(work, given.workspace)
        asked = {"name": given.name, "scopes": given.scope, "expires_at": expiry(work.now)}
        asked["public"] = given.public
        return await access.API_KEYS.create(work, checked(access.NewApiKey, asked))

    if given.operator == bool(given.scope):
        raise CommandError("Give --scope for a workspace's key, and none for an operator's.")
    if given.operator and given.public:
        raise CommandError("An operator's key is never public.")
    if given.operator:
        return _written(OPERATORS, for_operator)
    return _written(given.workspace, for_workspace)


def list_keys(given: argparse.Namespace) -> int:
    """Print API keys, one JSON object a line, revoked and expired ones too; never their secrets."""
    from service import deployment

    async def wanted(work: "Work") -> list[str]:
        await _known(work, given.workspace)
        return await deployment.every_key(work)

    for line in _acted(_whose(given), wanted):
        print(line)
    return 0


def revoke_key(given: argparse.Namespace) -> int:
    """Revoke an API key for good and print it; a running service takes it no more within 5 s."""
    from service.domain import access

    async def wanted(work: "Work") -> "Document":
        await _known(work, given.workspace)
        try:
            await access.API_KEYS.remove(work, given.id)
        except NotFound as error:
            if given.workspace is not None:
                raise
            said = f"{error.detail} A workspace's key is revoked with --workspace ID."
            raise CommandError(said) from error
        return await access.API_KEYS.one(work, given.id)

    return _written(_whose(given), wanted)


def link(given: argparse.Namespace) -> int:
    """Print a link that opens a map's emotion curve in a browser, for a time, without a key."""
    from service import linking
    from service.domain.signing import LONGEST, too_short

    secret = environment.read().signing_key
    if said := too_short(secret) if secret else "It is not set, so no link can be made.":
        raise SettingsError(f"WAYPOST_SIGNING_KEY: {said}")
    if given.lasts > LONGEST:
        raise CommandError(f"--for is at most {LONGEST.days}d.")
    if given.format not in linking.FORMATS:
        raise CommandError(f"--format is one of {', '.join(linking.FORMATS)}.")

    async def wanted(work: "Work") -> str:
        await _known(work, given.workspace)
        return await linking.curve(work, given.journey, secret, given.lasts, given.format)

    print(given.url.rstrip("/") + _acted(given.workspace, wanted))
    return 0


def _whose(given: argparse.Namespace) -> UUID:
    from service.domain.work import OPERATORS

    return given.workspace or OPERATORS


async def _known(work: "Work", workspace_id: UUID | None) -> None:
    """Raises `NotFound` for a workspace that is none."""
    from service.domain import access

    if workspace_id is not None:
        await access.WORKSPACES.one(work, workspace_id)


def _written(workspace_id: UUID, wanted: "Callable[[Work], Awaitable[Document]]") -> int:
    """Print what a domain function makes."""
    print(_acted(workspace_id, wanted).json)
    return 0


def _acted(workspace_id: UUID, wanted: "Callable[[Work], Awaitable[T]]") -> T:
    """What a domain function answers, acting with every scope, as whoever holds the URL may."""
    from service import deployment

    return asyncio.run(deployment.acted(environment.read(), workspace_id, wanted))


def export_contracts(given: argparse.Namespace) -> int:
    """Write openapi.json and schema.graphql from the code."""
    from service import contracts

    given.to.mkdir(parents=True, exist_ok=True)
    for name, text in contracts.all_of(Settings()).items():
        (given.to / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
