"""Drivers: what people do after they were content or not."""

from service.domain.measures.drivers.asking import drivers
from service.domain.measures.drivers.driver import Drivers
from service.domain.measures.drivers.inputs import DriversQuery

__all__ = ["Drivers", "DriversQuery", "drivers"]
