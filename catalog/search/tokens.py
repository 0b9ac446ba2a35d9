"""Cutting Chinese and Latin text into tokens, the same way for what is stored and what is asked.

Stored are, of every run of Chinese characters: each character, each pair of neighbours, and from each character on
the pinyin and the initials of what follows; of everything else: the words. Asked for, a run of Chinese becomes its
pairs (so it matches as a phrase), a Latin word the beginning of a token (so "jiny" and "jy" find 金柚).
Traditional characters are those of simplified Chinese, "lü" is "lu" and "lv", "jin you" is "jinyou".
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from shop.core.chinese import simplified

from .syllables import SYLLABLES

MOST_SYLLABLES = 8  # A longer pinyin query matches by its first eight syllables' worth of text.
MAX_TERMS = 16
MAX_LATIN = 40

# With the rare ones that names of people and villages have.
_RARE = "\U00020000-\U0002a6df\U0002a700-\U0002b738\U0002b740-\U0002b81d\U0002b820-\U0002cea1\U0002ceb0-\U0002ebe0"
_RUN = re.compile(f"[\u3007\u3400-\u4dbf\u4e00-\u9fff{_RARE}]+|[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must match: a whole token, or with `is_prefix` the beginning of one."""

    text: str
    is_prefix: bool = False


def runs(text: str) -> list[str]:
    """Return the runs of simplified characters and the Latin words of `text`, lower case, without accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", simplified(text)).casefold())
    return _RUN.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def is_chinese(run: str) -> bool:
    """Tell a run of Chinese characters from a Latin word."""
    return not run.isascii()


def _pairs(run: str) -> Iterable[str]:
    return (run[i : i + 2] for i in range(len(run) - 1))


@lru_cache(maxsize=20_000)
def _tokens_of_run(run: str, with_pinyin: bool) -> tuple[str, ...]:
    if not is_chinese(run):
        return (run[:MAX_LATIN],)
    found = [*run, *_pairs(run)]
    if with_pinyin:
        from pypinyin import Style, lazy_pinyin  # reason: its dictionaries take 58 MB, and no page ever needs them

        syllables = [each.replace("ü", "v") for each in lazy_pinyin(run, style=Style.NORMAL)]
        for start in range(len(run)):
            part = syllables[start : start + MOST_SYLLABLES]
            word = "".join(part)
            # No keyboard has ü: some type v, some u.
            found += [word, word.replace("v", "u"), "".join(each[:1] for each in part)]
    return tuple(token for token in found if token)


def tokens_of(texts: Iterable[str], plain_texts: Iterable[str] = ()) -> str:
    """Return the tokens of `texts` (with pinyin) and `plain_texts` (without), each once, sorted, joined by spaces."""
    found: set[str] = set()
    for group, with_pinyin in ((texts, True), (plain_texts, False)):
        for text in group:
            for run in runs(text):
                found.update(_tokens_of_run(run, with_pinyin))
    return " ".join(sorted(found))


def parse(query: str) -> list[Term]:
    """Return what must match for `query`; nothing when there is no character to look for."""
    terms: dict[Term, None] = {}
    for is_spelled, group in groupby(runs(query[:200]), key=lambda run: run in SYLLABLES):
        # Pinyin typed syllable by syllable is one word.
        for run in ["".join(group)] if is_spelled else group:
            terms.update(dict.fromkeys(_terms_of_run(run)))
    return list(terms)[:MAX_TERMS]


def _terms_of_run(run: str) -> Iterable[Term]:
    if not is_chinese(run):
        yield Term(run[:MAX_LATIN], is_prefix=len(run) > 1)
    elif len(run) == 1:
        yield Term(run)
    else:
        yield from (Term(pair) for pair in _pairs(run))
