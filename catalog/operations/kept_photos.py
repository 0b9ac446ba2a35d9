"""Photos of a form that was refused: kept for a day with the form, since a browser gives no file back.

They are encoded anew like any picture, lie outside the public media, and nothing but the signed text in the form leads
to them: it is worth something for the same form only.
"""

import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO, Any

from django.core import signing
from django.core.files.base import ContentFile
from django.utils import timezone

from catalog.operations.pictures import FORMATS, MASTER, MAX_BYTES, MAX_PIXELS, MAX_TOGETHER, WEBP
from catalog.pictures import WIDTHS
from shop.core import limits, periodic
from shop.core.errors import DomainError
from shop.core.private_files import private_storage
from shop.core.untrusted import Limits, Unreadable, read_in_child

FIELD = "kept"
FOLDER = "kept"
SECONDS = 24 * 3600
DAYS = 2
MOST = 12
MOST_A_DAY = 60
_SALT = "catalog.kept_photos"


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo that waits in a form: the text that stands for it, and the name of its file."""

    token: str
    name: str


def keep_photos(*, uploads: Sequence[IO[bytes]], owner: str, at: datetime) -> list[KeptPhoto]:
    """Keep the uploads of a form that was refused; what can't be read is left out. `owner` names the form.

    Of one form, `MOST_A_DAY` are kept within a day: who goes on has to choose the files again.
    """
    found = []
    for upload in uploads[:MOST]:
        if not limits.take(key=f"{_SALT}.{owner}", amount=MOST_A_DAY, seconds=SECONDS, at=at):
            break
        upload.seek(0)
        data = upload.read(MAX_BYTES + 1)
        made = _encoded(data) if len(data) <= MAX_BYTES else None
        if made is None:
            continue
        path = f"{FOLDER}/{timezone.localdate(at):%Y%m%d}/{secrets.token_hex(16)}.webp"
        private_storage().save(path, ContentFile(made))
        name = str(getattr(upload, "name", "") or "")[:80]
        found.append(KeptPhoto(signing.dumps([path, name], salt=f"{_SALT}.{owner}"), name))
    return found


def _encoded(data: bytes) -> bytes | None:
    try:
        _facts, made = read_in_child(
            "pictures", [data], limits=Limits(cpu_seconds=5, wall_seconds=20), kinds=[WEBP], widths=WIDTHS,
            master=MASTER, formats=FORMATS, least_side=1, max_pixels=MAX_PIXELS, max_total=MAX_TOGETHER,
        )  # fmt: skip
    except (Unreadable, DomainError):
        return None
    return made[-1] if made else None


def kept_photos(tokens: Sequence[str], *, owner: str) -> list[tuple[KeptPhoto, IO[bytes]]]:
    """Return the photos that stand in a form; forged, foreign, too old or deleted ones are left out."""
    found: list[tuple[KeptPhoto, IO[bytes]]] = []
    for token in list(dict.fromkeys(tokens))[:MOST]:
        try:
            path, name = signing.loads(token, salt=f"{_SALT}.{owner}", max_age=SECONDS)
            with private_storage().open(path) as stream:
                found.append((KeptPhoto(token, name), io.BytesIO(stream.read())))
        except (signing.BadSignature, ValueError, TypeError, FileNotFoundError):
            continue
    return found


class FormPhotos:
    """The photos of one sent form: those it keeps from before, and those that came now."""

    def __init__(self, request: Any, field: str, *, owner: str) -> None:
        self.owner = owner
        self.before = kept_photos(request.POST.getlist(FIELD), owner=owner)
        self.new: list[IO[bytes]] = request.FILES.getlist(field)

    @property
    def uploads(self) -> list[IO[bytes]]:
        """All of them, to be stored."""
        return [*(stream for _kept, stream in self.before), *self.new]

    def keep(self, form: Any, at: datetime) -> None:
        """Have a refused form keep them: `field` shows the names, each can be taken out."""
        form.kept_photos = [
            *(kept for kept, _stream in self.before),
            *keep_photos(uploads=self.new, owner=self.owner, at=at),
        ]


@periodic.every("catalog.forget_kept_photos", seconds=3600)
def forget_kept_photos(*, at: datetime) -> int:
    """Delete the folders of days that no form can ask for any more; return how many files went."""
    storage, last = private_storage(), timezone.localdate(at) - timedelta(days=DAYS)
    if not storage.exists(FOLDER):
        return 0
    gone = 0
    for day in storage.listdir(FOLDER)[0]:
        if _is_day(day) and day < f"{last:%Y%m%d}":
            for name in storage.listdir(f"{FOLDER}/{day}")[1]:
                storage.delete(f"{FOLDER}/{day}/{name}")
                gone += 1
            storage.delete(f"{FOLDER}/{day}")
    return gone


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
