"""What an acceptance asks for. Pure."""

from collections.abc import Iterable


def needs_reason(lines: Iterable[tuple[int, int]]) -> bool:
    """Tell whether goods were refused whole: of a line that was sent nothing was accepted. `lines` are (sent, accepted)."""
    return any(sent and not accepted for sent, accepted in lines)
