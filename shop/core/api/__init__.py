"""What every part of the API shares: problems, values, pages, keys, and the areas its operations stand in.

Packages declare their operations in `api.py`; `shop.config.api` composes them.
"""

from .callers import Caller
from .paging import Page, Turn, turn_of
from .problems import Problem
from .routing import Area
from .values import Answer, AsItIs, Body, Id, Moment, Paragraphs, Priced, YuanIn, fen_of, share, yuan

__all__ = [
    "Answer",
    "Area",
    "AsItIs",
    "Body",
    "Caller",
    "Id",
    "Moment",
    "Page",
    "Paragraphs",
    "Priced",
    "Problem",
    "Turn",
    "YuanIn",
    "fen_of",
    "share",
    "turn_of",
    "yuan",
]
