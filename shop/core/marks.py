"""Marks that stand in finished HTML for what is put in at each view: a reader's token, a count, the search words.

Nobody who writes a name, a review or a message can know one, so whatever people write stays text.
"""

from functools import cache

from django.utils.crypto import salted_hmac


@cache
def mark(name: str) -> str:
    """Return the mark `name`: the same in every process of this installation, letters and digits only."""
    return f"hq{salted_hmac('core.marks', name, algorithm='sha256').hexdigest()[:40]}mark"
