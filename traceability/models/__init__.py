"""Where goods grow, the lots, what happened to them, and the parcels they went out in."""

from .events import SupplierChain, TraceEvent
from .lots import HAS_LEFT, LotSource, ProduceLot
from .parcels import ParcelLot, TracedParcel
from .places import Plot, ProductionBase
from .quality import ConformityCertificate, HarvestTerm, KeepingLimit, LabTest, TestRequirement

__all__ = [
    "HAS_LEFT",
    "ConformityCertificate",
    "HarvestTerm",
    "KeepingLimit",
    "LabTest",
    "LotSource",
    "ParcelLot",
    "Plot",
    "ProduceLot",
    "ProductionBase",
    "SupplierChain",
    "TestRequirement",
    "TraceEvent",
    "TracedParcel",
]
