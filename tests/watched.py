"""The worker's look at a workspace, at a time that tests set."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from service import watching
from service.database import Database
from service.settings import Settings


class Watched:
    """Looks at one workspace as the worker does."""

    def __init__(self, settings: Settings, workspace: UUID) -> None:
        self.now = datetime(2026, 5, 29, 12, 7, tzinfo=UTC)
        assert settings.worker_database_url is not None
        self.database = Database(settings.worker_database_url, settings, lambda: self.now)
        self.workspace = workspace

    async def look(self, **later: float) -> None:
        """Some time later, whatever came."""
        self.now += timedelta(**later)
        await watching.watched(self.database, self.workspace, watching.Watch())
