"""Who calls: the person behind a token, and what the token may be used for."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True)
class Caller:
    """A person with the scopes of the token, or nobody. What the person may do is asked of the operations, each time."""

    user: Any = field(default_factory=AnonymousUser)
    token_id: int | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether a token came along."""
        return self.token_id is not None
