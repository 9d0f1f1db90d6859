"""What the driver of the database has to be asked, and taught, besides running statements."""

import select
from typing import Any


def hung_up(driver: Any) -> bool:
    """Whether the server has gone, which the loop may not have read to the end yet.

    Between the server's last word and the end of the connection, the driver calls it open.
    """
    socket = driver._transport.get_extra_info("socket")
    if socket is None:
        return True
    asked = select.poll()
    asked.register(socket.fileno(), getattr(select, "POLLRDHUP", 0))
    return bool(asked.poll(0))


def knowing_lists(connection: Any, _: object) -> None:
    """As a connection is made, have it know the types of our lists."""
    # The driver learns most types of lists when a statement answers them by themselves: one within
    # a row, as the first answer of a connection, it could not read.
    connection.run_async(lambda driver: driver.fetchrow(_LISTS))


_LISTS = (
    "SELECT ARRAY[ROW(1)], NULL::uuid[], NULL::text[], NULL::int[], NULL::bigint[],"
    " NULL::float8[], NULL::numeric[], NULL::bool[], NULL::date[], NULL::timestamptz[],"
    " NULL::jsonb[], NULL::bytea[]"
)
