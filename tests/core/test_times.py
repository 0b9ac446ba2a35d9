"""One formatter of times and days: China's time, the year where it is not this one, and nobody formats past it."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone, translation

from shop.core import times

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("shop", "catalog", "traceability", "procurement", "livestream")
YEAR = timezone.localdate().year
# 16:30 UTC is half past midnight of the next day in China.
LATE = datetime(YEAR, 3, 1, 16, 30, tzinfo=UTC)
LAST_YEAR = datetime(YEAR - 1, 12, 31, 15, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("function", "at", "chinese", "english"),
    [
        (times.moment, LATE, "03-02 00:30", "2 Mar 00:30"),
        (times.moment, LATE.isoformat(), "03-02 00:30", "2 Mar 00:30"),
        (times.moment, f"{YEAR}-03-01T16:30:00Z", "03-02 00:30", "2 Mar 00:30"),
        (times.moment, LAST_YEAR, f"{YEAR - 1}-12-31 23:59", f"31 Dec {YEAR - 1} 23:59"),
        (times.moment, LAST_YEAR + timedelta(minutes=1), "01-01 00:00", "1 Jan 00:00"),
        (times.day, LATE, "03-02", "2 Mar"),
        (times.day, date(YEAR, 3, 1), "03-01", "1 Mar"),
        (times.day, f"{YEAR - 1}-03-01", f"{YEAR - 1}-03-01", f"1 Mar {YEAR - 1}"),
        (times.spoken_day, LATE, "3 月 2 日", "2 March"),
        (times.spoken_day, LAST_YEAR, f"{YEAR - 1} 年 12 月 31 日", f"31 December {YEAR - 1}"),
        (times.full_day, LATE, f"{YEAR}-03-02", f"2 Mar {YEAR}"),
        (times.full_moment, LATE, f"{YEAR}-03-02 00:30", f"2 Mar {YEAR} 00:30"),
        (times.clock, LATE, "00:30", "00:30"),
        (times.plain_day, LATE, f"{YEAR}-03-02", f"{YEAR}-03-02"),
        (times.plain_moment, LATE, f"{YEAR}-03-02 00:30", f"{YEAR}-03-02 00:30"),
        (times.iso, LATE, f"{YEAR}-03-02T00:30:00+08:00", f"{YEAR}-03-02T00:30:00+08:00"),
    ],
)
def test_a_time_reads_as_it_is_in_china(function, at, chinese, english):
    for language, expected in (("zh-hans", chinese), ("en", english)):
        with translation.override(language):
            assert function(at) == expected


@pytest.mark.parametrize("nothing", [None, "", "soon", "2026-13-45", "2026-02-30T00:00:00Z"])
def test_what_is_no_time_is_nothing(nothing):
    functions = (times.moment, times.day, times.spoken_day, times.full_day, times.clock, times.plain_day, times.iso)
    assert [function(nothing) for function in functions] == [""] * len(functions)


def _files(suffixes):
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in suffixes and "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_no_template_formats_a_time_itself():
    found = [
        f"{name}: {match[0]}"
        for name, text in _files({".html", ".txt"})
        for match in re.finditer(r"\|(?:date|time)\b(?::\S+)?", text)
    ]
    assert found == []


# Words of a month or a weekday, part of a period, numbers and keys: no moment that a person reads.
OTHERWISE = {
    "catalog/operations/kept_photos.py",
    "catalog/views/places.py",
    "catalog/views/products.py",
    "procurement/views/home.py",
    "procurement/views/rates.py",
    "shop/core/times.py",
    "shop/sales/plots.py",
    "shop/sales/views/seller.py",
    "traceability/operations/printing.py",
    "traceability/operations/recording.py",
    "traceability/rules/papers.py",
}


def test_no_page_code_formats_a_time_itself():
    own = re.compile(r"strftime\(|\bdate_format\(|:%[YmdH]|\[5:16\]")
    found = {name for name, text in _files({".py"}) if own.search(text) and not name.startswith("shop/demo/")}
    assert found - OTHERWISE == set()
