"""The recording of a session. Until a camera is connected it is made from the pictures of room and tray."""

import hashlib
import logging
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q

from catalog.queries import file_name
from livestream.clipmaking import SECONDS_EACH, Scene, make_clip
from livestream.models import LiveSession
from livestream.queries.rooms import session_of, tray_rows_zh
from livestream.states import SessionState
from shop.core import pagecache, periodic

logger = logging.getLogger(__name__)

MOST_SCENES = 6
AT_ONCE = 1
VERSION = "2"


_failed: set[int] = set()


@periodic.every("livestream.clips", seconds=5)
def make_missing_clips(*, at: datetime) -> int:
    """Make the clips that sessions lack which are live, over, or begin within the hour; return how many were made.

    Periodic and not in the outbox: encoding takes seconds, and an outbox handler holds a transaction meanwhile.
    What can't be made (no ffmpeg, a picture gone) is logged and left until the next start.
    """
    soon = Q(state=SessionState.PLANNED, planned_at__lte=at + timedelta(hours=1))
    wanted = LiveSession.objects.filter(Q(state__in=[SessionState.LIVE, SessionState.ENDED]) | soon, clip="")
    made = 0
    for pk in wanted.exclude(pk__in=_failed).order_by("state", "pk").values_list("pk", flat=True)[:AT_ONCE]:
        try:
            make_session_clip(session_id=pk, at=at)
            made += 1
        except (OSError, ValueError):
            logger.exception("the clip of session %s", pk)
            _failed.add(pk)
    return made


def make_session_clip(*, session_id: int, at: datetime) -> None:
    """Make a session's clip and keep it by what it is made of: the same pictures and words are encoded once."""
    session = session_of(session_id)
    if session is None or session.clip:
        return
    wanted = _scenes(session)
    if not wanted:
        return
    content = "|".join([VERSION, *(f"{key}:{words}" for key, words in wanted)])
    name = f"live/{hashlib.sha256(content.encode()).hexdigest()[:24]}.mp4"
    seconds = float(len(wanted) * SECONDS_EACH)
    if not default_storage.exists(name):
        with tempfile.TemporaryDirectory() as folder:
            scenes = [Scene(_local_copy(key, Path(folder)), words) for key, words in wanted]
            seconds = make_clip(scenes, Path(folder) / "clip.mp4")
            default_storage.save(name, ContentFile((Path(folder) / "clip.mp4").read_bytes()))
    LiveSession.objects.filter(pk=session_id).update(clip=name, clip_seconds=seconds)
    pagecache.bump()


def _scenes(session: LiveSession) -> list[tuple[str, str]]:
    """Return (picture's key, words): the room's own picture with the title, then the tray's products."""
    room = session.room
    own = [picture for picture in (room.cover, room.portrait) if picture is not None]
    rows = tray_rows_zh(session)
    found = [(own[0].key, session.title_zh)] if own else []
    found += [(key, name) for key, name in rows if key][: MOST_SCENES - len(found)]
    return found


def _local_copy(key: str, folder: Path) -> Path:
    """Return the largest derivative of a picture as a local file."""
    for width in (960, 480, 240):
        name = file_name(key, width)
        if default_storage.exists(name):
            target = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:12]}.webp"
            with default_storage.open(name) as source:
                target.write_bytes(source.read())
            return target
    raise FileNotFoundError(key)
