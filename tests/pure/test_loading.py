"""What a process loads, and what only those who need it load: memory and start-up are counted."""

import subprocess
import sys

import pytest

OTHERS = {
    "service.main": {"sqlalchemy.orm", "alembic", "graphql", "strawberry", "PIL", "vader"},
    "service.api.graphql.executing": {"sqlalchemy.orm", "alembic", "PIL", "vader"},
}
"""What is not loaded with a module: the ORM alone takes 7 MiB."""


@pytest.mark.parametrize("module", OTHERS)
def test_what_is_not_used_is_not_loaded(module: str) -> None:
    told = f"import sys, {module}; print(*{OTHERS[module]!r} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
