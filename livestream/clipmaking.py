"""Making a clip out of still pictures: each slowly comes nearer, with a line of words, and gives way to the next.

Frames are made with Pillow and piped into ffmpeg (Debian's, or the one that imageio-ffmpeg brings).
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 540, 960
RATE = 12
SECONDS_EACH = 5
FADE_FRAMES = 6
NEARER = 0.12
INK, CREAM = (35, 31, 26), (246, 240, 226)
LONGEST = 180
# Where a font with Chinese is found, in this order; without one a clip has no words (the room shows them anyway).
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Medium.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)


@dataclass(frozen=True)
class Scene:
    """One picture and its words."""

    picture: Path
    words: str


def ffmpeg() -> str:
    """Return the ffmpeg to call."""
    return shutil.which("ffmpeg") or str(imageio_ffmpeg.get_ffmpeg_exe())


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | None:
    found = next((path for path in FONTS if Path(path).exists()), None)
    return ImageFont.truetype(found, 26) if found else None


def _cover(image: Image.Image) -> Image.Image:
    """Return the picture large enough to be cropped at its nearest, upright as a phone."""
    scale = max(WIDTH / image.width, HEIGHT / image.height) * (1 + NEARER)
    size = (round(image.width * scale), round(image.height * scale))
    return image.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _caption(words: str) -> Image.Image | None:
    font = _font()
    if font is None or not words:
        return None
    width = min(WIDTH - 140, round(font.getlength(words)) + 40)
    plate = Image.new("RGBA", (width, 50), (0, 0, 0, 0))
    draw = ImageDraw.Draw(plate)
    draw.rounded_rectangle((0, 0, width - 1, 49), radius=8, fill=(*INK, 150))
    draw.text((20, 7), words, font=font, fill=CREAM)
    return plate


def _scene_frames(scene: Scene, count: int) -> Iterator[Image.Image]:
    with Image.open(scene.picture) as opened:
        big = _cover(opened)
    plate = _caption(scene.words)
    for number in range(count):
        nearer = 1 + NEARER * (1 - number / count)
        width, height = WIDTH * nearer, HEIGHT * nearer
        left, top = max(0.0, (big.width - width) / 2), max(0.0, (big.height - height) / 2)
        box = (left, top, min(float(big.width), left + width), min(float(big.height), top + height))
        frame = big.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, box)
        if plate is not None:
            # In the middle: a phone that is taller than the clip crops its sides.
            frame.paste(plate, ((WIDTH - plate.width) // 2, round(HEIGHT * 0.36)), plate)
        yield frame


def frames(scenes: Sequence[Scene]) -> Iterator[Image.Image]:
    """Yield every frame; a scene's first ones are blended with the last of the scene before."""
    last: Image.Image | None = None
    for scene in scenes:
        frame = None
        for number, frame in enumerate(_scene_frames(scene, RATE * SECONDS_EACH)):
            if last is not None and number < FADE_FRAMES:
                yield Image.blend(last, frame, (number + 1) / (FADE_FRAMES + 1))
            else:
                yield frame
        last = frame


def make_clip(scenes: Sequence[Scene], target: Path) -> float:
    """Write an MP4 that browsers play (H.264, index first) to `target`; return its seconds.

    Raises ValueError without scenes, OSError where ffmpeg fails or takes more than three minutes.
    """
    if not scenes:
        raise ValueError("a clip needs a picture")
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [
        ffmpeg(), "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "-", "-an", "-c:v", "libx264", "-preset", "veryfast",
        "-crf", "29", "-pix_fmt", "yuv420p", "-g", str(RATE * 2), "-movflags", "+faststart", "-threads", "1",
        "-f", "mp4", str(target),
    ]  # fmt: skip
    count = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        try:
            for frame in frames(scenes):
                encoder.stdin.write(frame.tobytes())
                count += 1
            encoder.stdin.close()
            encoder.wait(LONGEST)
        except (BrokenPipeError, subprocess.TimeoutExpired) as error:
            encoder.kill()
            raise OSError("ffmpeg did not take the frames") from error
        if encoder.returncode:
            raise OSError(encoder.stderr.read().decode(errors="replace")[:500] if encoder.stderr else "ffmpeg failed")
    return count / RATE
