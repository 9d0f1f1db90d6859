"""How much of answers and of documents is kept, whose it is, and by what names."""

from dataclasses import replace
from typing import Any

from service.api.graphql import hot
from service.api.graphql.trusted import TrustedDocuments
from service.database import Database
from service.domain.ids import new_id
from service.domain.work import Caller
from service.settings import Settings


async def test_only_so_much_is_kept(workspace: Caller) -> None:
    keeping: Any = hot.HotDocuments(None, most=64 * 1024)  # type: ignore[arg-type]
    data: Any = b'{"a":1}' * 256
    for n in range(200):
        name = keeping.name(workspace, "{ a }", None, {"n": n})
        keeping.keep(name, workspace.workspace_id, (n, 1), data)
        keeping.keep(name, workspace.workspace_id, None, data)
    assert keeping._kept.found(name).versions == (199, 1)
    mine = keeping._kept._of[workspace.workspace_id]
    assert 10 < len(mine) <= 32 * 1024 // len(data)
    assert len(mine) * (len(data) + hot.ENTRY) == mine.weight == keeping._kept._weight
    assert len(keeping._once) == 4 * 1024 // hot.ONCE
    other = keeping.name(workspace, "{ b }", None, {})
    keeping.keep(other, workspace.workspace_id, (1, 1), data * 16)
    assert keeping._kept.found(other) is None


async def test_no_workspace_drives_out_all_answers_of_others(workspace: Caller) -> None:
    keeping: Any = hot.HotDocuments(None, most=64 * 1024)  # type: ignore[arg-type]
    data: Any = b"1" * 1024
    others = [replace(workspace, workspace_id=new_id()) for _ in range(30)]

    def asks(caller: Caller, n: int) -> Any:
        name = keeping.name(caller, "{ a }", None, {"n": n})
        keeping.keep(name, caller.workspace_id, (1, 1), data)
        return name

    theirs = [asks(one, 0) for one in others[:20]]
    for n in range(200):
        asks(workspace, n)
    assert all(keeping._kept.found(one) for one in theirs)
    for one in others:
        asks(one, 1)
    sizes = [of.weight for of in keeping._kept._of.values()]
    assert min(sizes) > 0 and max(sizes) <= 32 * 1024
    assert keeping._kept._weight == sum(sizes) <= 64 * 1024


def test_all_that_an_answer_depends_on_is_in_its_name(workspace: Caller) -> None:
    other = replace(workspace, scopes=frozenset(sorted(workspace.scopes)[1:]))
    asked = [
        *(
            (workspace, "{ a }", None, {}),
            (other, "{ a }", None, {}),
            (workspace, "{ b }", None, {}),
        ),
        *((workspace, "{ a }", "a", {}), (workspace, "{ a }", None, {"a": None})),
        *((workspace, "{ a }", None, {"a": 1}), (workspace, "{ a }", None, {"a": 1.5})),
        *((workspace, "{ a }", None, {"a": "1"}), (workspace, "{ a }", None, {"a": [1]})),
    ]
    assert len({hot.HotDocuments.name(*one) for one in asked}) == len(asked)
    again = replace(workspace, scopes=frozenset(sorted(workspace.scopes, reverse=True)))
    assert hot.HotDocuments.name(again, "{ a }", None, {}) == hot.HotDocuments.name(*asked[0])


async def test_short_documents_take_room_too(database: Database, settings: Settings) -> None:
    texts = TrustedDocuments(database, settings, most=4 * 1024)._texts

    async def look() -> str:
        return "{ a }"

    for n in range(12):
        assert await texts.get(bytes([n]), database.clock(), look) == "{ a }"
    assert len(texts._known.kept) == 7
