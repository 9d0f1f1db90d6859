"""What ties real events to a map: tried on the past, and covering both ways."""

from service.domain.insights.bindings.asking import bindings_of, preview_binding
from service.domain.insights.bindings.claims import JourneyBindings
from service.domain.insights.bindings.inputs import BindingPreview, BindingsQuery
from service.domain.insights.bindings.previewed import PreviewedBinding

__all__ = [
    "BindingPreview",
    "BindingsQuery",
    "JourneyBindings",
    "PreviewedBinding",
    "bindings_of",
    "preview_binding",
]
