"""Seasons: months 1-12, which may run over New Year (11 to 2). Pure."""


def in_season(month: int, start: int | None, end: int | None) -> bool:
    """Tell whether `month` lies in the season, both ends counted. Without a season it is always on."""
    if start is None or end is None:
        return True
    return start <= month <= end if start <= end else month >= start or month <= end


def season_months(start: int | None, end: int | None) -> list[int]:
    """Return the months of the season in their order; nothing without a season."""
    if start is None or end is None:
        return []
    length = (end - start) % 12 + 1
    return [(start - 1 + step) % 12 + 1 for step in range(length)]
