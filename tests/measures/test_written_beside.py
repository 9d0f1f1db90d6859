"""What takes a core for long is done beside the event loop, where answers are remembered too."""

import threading
from uuid import UUID

from service import folding
from service.database import Database
from service.domain.histories import Range
from service.domain.insights.laid.asking import Wanted, judges, laid_told
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client
from tests.measures.followed import bound
from tests.measures.streams import sent
from tests.measures.test_remembered import Clock, Counted, instances


class _Told:
    """Words that tell where they were written down."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def __repr__(self) -> str:
        self.threads.append(threading.get_ident())
        return "the same at every time"


async def test_what_an_answer_depends_on_is_written_down_beside_the_loop(
    client: Client, workspace: Caller, settings: Settings, database: Database
) -> None:
    """Of many maps that takes long, also where the answer is remembered."""
    made = await client.made("/v1/journeys", bound({"look": ("Seen",)}))
    await sent(client, "u1", 3)
    await folding.folded(database, workspace.workspace_id)
    words, wanted = _Told(), Wanted(Range(None, None), None)
    async with instances(settings, 1, Clock()) as (process, _):
        for _ in range(2):
            async with process.analyse(workspace) as work:
                by = await judges(work, UUID(made["id"]), None)
                people = await laid_told(
                    work, by, wanted, lambda on_map: len({*on_map.laid.found.person}), words
                )
                assert people == 1
        assert isinstance(process.memory, Counted)
        assert process.memory.times == 1
    assert len(words.threads) == 2
    assert threading.get_ident() not in words.threads
