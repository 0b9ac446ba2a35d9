"""What every part of the API shares: problems, values, pages, keys, and the areas its operations stand in.

Packages declare their operations in `api.py`; `shop.config.api` composes them.
"""

from .callers import Caller
from .paging import Page, Turn, turn_of
from .problems import Problem
from .routing import Area
from .values import (
    Answer,
    AsItIs,
    Body,
    Day,
    Id,
    Moment,
    Paragraphs,
    Parameters,
    Priced,
    SomeYuanIn,
    YuanIn,
    fen_of,
    once,
    share,
    yuan,
)

__all__ = [
    "Answer",
    "Area",
    "AsItIs",
    "Body",
    "Caller",
    "Day",
    "Id",
    "Moment",
    "Page",
    "Paragraphs",
    "Parameters",
    "Priced",
    "Problem",
    "SomeYuanIn",
    "Turn",
    "YuanIn",
    "fen_of",
    "once",
    "share",
    "turn_of",
    "yuan",
]
