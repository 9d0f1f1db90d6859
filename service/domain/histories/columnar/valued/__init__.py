"""What some events tell of fields, whoever did them."""

from service.domain.histories.columnar.valued.reads import values

__all__ = ["values"]
