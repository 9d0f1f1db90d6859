"""The service behind a real socket, as the examples call it."""

from tests.contract.conftest import served

__all__ = ["served"]
