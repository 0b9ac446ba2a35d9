"""What logs may not hold: the tokens that stand in addresses, which open something to whoever reads them."""

import logging
import re

# A token in a path (receipts' links, password resets), and one behind a question mark.
_IN_PATH = re.compile(r"(/receipts?/|/password_reset/confirm/[^/\s]+/)(?!\d+/)[^/\s?]{12,}")
_IN_QUERY = re.compile(r"([?&](?:t|token|key|code|sessionid)=)[^&\s\"']+")


def without_tokens(text: str) -> str:
    """Return a line with *** in the place of each token of an address."""
    return _IN_QUERY.sub(r"\1***", _IN_PATH.sub(r"\1***", text))


class HideTokens(logging.Filter):
    """Takes tokens out of what is logged, in the message and in what it was made of."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; keep it."""
        said = record.getMessage()
        plain = without_tokens(said)
        if plain != said:
            record.msg, record.args = plain, ()
        return True
