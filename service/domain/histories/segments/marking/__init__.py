"""What histories that segments tell are made of, as one mark."""

from service.domain.histories.segments.marking.reads import Standing, marked, marks, standing

__all__ = ["Standing", "marked", "marks", "standing"]
