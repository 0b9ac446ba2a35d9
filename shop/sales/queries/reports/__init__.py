"""Sales by village, county, pairing, unit, campaign, …: each report is a query over orders, never a second count."""

from .counting import RULE, Figures, Report, ReportRow, report
from .dimensions import CHANNELS, DIMENSIONS, NONE
from .lines import LINES_A_PAGE, Behind, SoldLine, behind, has_row, lines_behind
from .provinces import provinces_of_origin
from .scopes import EVERYTHING, Scope, scope_of
from .taken import TakenOff, taken_off, taken_off_units

__all__ = [
    "CHANNELS",
    "DIMENSIONS",
    "EVERYTHING",
    "LINES_A_PAGE",
    "NONE",
    "RULE",
    "Behind",
    "Figures",
    "Report",
    "ReportRow",
    "Scope",
    "SoldLine",
    "TakenOff",
    "behind",
    "has_row",
    "lines_behind",
    "provinces_of_origin",
    "report",
    "scope_of",
    "taken_off",
    "taken_off_units",
]
