"""What the service costs beside the least that could be done and beside the usual way.

`python -m benchmarks` measures three contestants on one embedded Postgres with one load:

- service: `waypost serve` with its defaults, authenticated, one workspace a key;
- limit: bare ASGI and asyncpg, passing on what Postgres built (`benchmarks.limit`);
- conventional: FastAPI, mapped classes and a response model (`benchmarks.conventional`).

Figures of one run may be compared with each other, not with those of another run or machine.
"""
