"""Clips are made by our own code: short frames from a picture, in a file that a browser can play."""

import subprocess
from pathlib import Path

import pytest
from PIL import Image

from livestream import clipmaking
from livestream.clipmaking import FADE_FRAMES, RATE, SECONDS_EACH, Scene, ffmpeg, frames, make_clip


def picture(folder: Path, name: str, size: tuple[int, int]) -> Path:
    path = folder / f"{name}.png"
    Image.new("RGB", size, "#C2441A").save(path)
    return path


@pytest.mark.parametrize("size", [(720, 1280), (960, 960), (1600, 1000), (240, 240), (541, 961)])
def test_every_shape_of_picture_fills_the_phone(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipmaking, "SECONDS_EACH", 1)
    made = list(frames([Scene(picture(tmp_path, "a", size), "金柚现摘现发"), Scene(picture(tmp_path, "b", size), "")]))
    assert len(made) == 2 * RATE
    assert {frame.size for frame in made} == {(clipmaking.WIDTH, clipmaking.HEIGHT)}
    assert FADE_FRAMES < RATE


def test_a_clip_is_a_film_of_the_right_length(tmp_path: Path) -> None:
    target = tmp_path / "out" / "clip.mp4"
    seconds = make_clip([Scene(picture(tmp_path, "a", (720, 1280)), "金柚")], target)
    assert seconds == SECONDS_EACH
    data = target.read_bytes()
    assert data[4:8] == b"ftyp"
    # The index stands before the pictures: it plays while it loads.
    assert data.index(b"moov") < data.index(b"mdat")
    told = subprocess.run([ffmpeg(), "-hide_banner", "-i", str(target)], capture_output=True, text=True, check=False)
    assert "Duration: 00:00:05.00" in told.stderr
    assert "540x960" in told.stderr


def test_without_pictures_there_is_no_clip(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a picture"):
        make_clip([], tmp_path / "clip.mp4")


def test_a_failing_encoder_is_said_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipmaking, "ffmpeg", lambda: "false")
    with pytest.raises(OSError, match=r"ffmpeg|frames"):
        make_clip([Scene(picture(tmp_path, "a", (720, 1280)), "")], tmp_path / "clip.mp4")
