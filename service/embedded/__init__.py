"""The PostgreSQL that starts by itself when no database URL is given: development and tests.

It takes any folder of PostgreSQL binaries and keeps its data in `<home>/pg<major>/`. The server is
a direct child of this process, in a session of its own, and the kernel asks it to stop when this
process dies, however it dies. `python -m service.embedded psql` starts it for one command.
"""

from service.embedded.binaries import EmbeddedPostgresError, find_binaries
from service.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "find_binaries"]
