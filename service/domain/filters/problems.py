"""What is wrong with a filter, gathered while it is read on."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from service.domain import errors
from service.domain.errors import Problem

T = TypeVar("T")


class Problems:
    """The problems found so far, in the order of the document."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def tell(self, pointer: str, code: str, detail: str) -> None:
        """Add a problem."""
        self.found.append(Problem(pointer, code, detail))

    def kept(self, read: T | Problem, instead: T) -> T:
        """What was read; its problem is added and `instead` stands in for it."""
        if isinstance(read, Problem):
            self.found.append(read)
            return instead
        return read

    def missing(self, pointer: str, member: str) -> None:
        """The object at `pointer` lacks a member."""
        self.tell(f"{pointer}/{member}", "missing_member", f"The member {member} is missing.")

    def only(self, members: Collection[str], raw: Mapping[str, object], pointer: str) -> None:
        """Every other member of the object is a problem."""
        for name in raw:
            if name not in members:
                at = pointer + errors.pointer(name)
                self.tell(at, "unknown_member", "There is no such member here.")
