"""What measures need of the workspace."""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import workspaces
from service.domain.work import Scope, Work

_ZONE = Statement(select(workspaces.c.time_zone).where(workspaces.c.workspace_id == WORKSPACE))


async def reporting_zone(work: Work) -> ZoneInfo:
    """The zone in which the workspace's days, weeks and months begin."""
    work.needs(Scope.ANALYTICS_READ)
    return ZoneInfo(await work.value(_ZONE))
