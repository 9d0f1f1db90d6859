"""What others did on a device of somebody who was erased: it stays, without the device."""

from service.domain.privacy.devices.writes import MOST_LOOKED_AT, forget_devices, leave_devices

__all__ = ["MOST_LOOKED_AT", "forget_devices", "leave_devices"]
