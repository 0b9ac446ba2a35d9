"""Where goods grow, the lots, what happened to them, and the parcels they went out in."""

from .events import SupplierChain, TraceEvent
from .lots import ConformityCertificate, LabTest, ProduceLot
from .parcels import ParcelLot, TracedParcel
from .places import Plot, ProductionBase

__all__ = [
    "ConformityCertificate",
    "LabTest",
    "ParcelLot",
    "Plot",
    "ProduceLot",
    "ProductionBase",
    "SupplierChain",
    "TraceEvent",
    "TracedParcel",
]
