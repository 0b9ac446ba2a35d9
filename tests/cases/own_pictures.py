"""Pictures of many kinds, made here: each with a place in it and the colour that is seen there."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

RED, WHITE, GREY = (200, 60, 40), (255, 255, 255), (128, 128, 128)
SIZE = (160, 120)
# A picture of our own: its name, its bytes, where to look (parts of width and height), and what is seen there.
Made = tuple[str, bytes, tuple[float, float], tuple[int, int, int]]


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture as a file of `kind`."""
    buffer = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(buffer, quality=90, **options)
    else:
        image.save(buffer, kind, **options)
    return buffer.getvalue()


def half(mode: str, left: Any, right: Any) -> Image.Image:
    """Return a picture of two halves."""
    image = Image.new(mode, SIZE, left)
    image.paste(right, (SIZE[0] // 2, 0, *SIZE))
    return image


def plain() -> Iterator[Made]:
    """Yield the common kinds and modes."""
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF"):
        yield f"rgb-{kind}", saved(Image.new("RGB", SIZE, RED), kind), (0.5, 0.5), RED
    for kind in ("JPEG", "PNG"):
        yield f"grey-{kind}", saved(Image.new("L", SIZE, 128), kind), (0.5, 0.5), GREY
    yield "bits-png", saved(Image.new("1", SIZE, 1), "PNG"), (0.5, 0.5), WHITE
    yield "palette-png", saved(Image.new("RGB", SIZE, RED).quantize(8), "PNG"), (0.5, 0.5), RED
    yield "cmyk-adobe", saved(Image.new("RGB", SIZE, RED).convert("CMYK"), "JPEG", quality=95), (0.5, 0.5), RED
    yield "progressive", saved(Image.new("RGB", SIZE, RED), "JPEG", progressive=True), (0.5, 0.5), RED
    yield "one-by-one", saved(Image.new("RGB", (1, 1), RED), "PNG"), (0, 0), RED
    yield "long", saved(Image.new("RGB", (4000, 10), RED), "PNG"), (0.5, 0.5), RED
    yield "appended", saved(Image.new("RGB", SIZE, RED), "JPEG") + b"<?php" * 100, (0.5, 0.5), RED
    frames = [Image.new("RGB", SIZE, RED), Image.new("RGB", SIZE, GREY)]
    yield (
        "moving-webp",
        saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True),
        (0.5, 0.5),
        RED,
    )
    yield "moving-png", saved(frames[0], "PNG", save_all=True, append_images=frames[1:]), (0.5, 0.5), RED


def see_through() -> Iterator[Made]:
    """Yield what is transparent on its left: it is white there, and its right as it was."""
    left, right = (0.25, 0.5), (0.75, 0.5)
    for kind in ("PNG", "WEBP", "AVIF", "HEIF"):
        data = saved(half("RGBA", (0, 0, 0, 0), (*RED, 255)), kind)
        yield f"rgba-left-{kind}", data, left, WHITE
        yield f"rgba-right-{kind}", data, right, RED
    data = saved(half("LA", (0, 0), (128, 255)), "PNG")
    yield "la-left", data, left, WHITE
    yield "la-right", data, right, GREY
    yield "rgb-key-left", saved(half("RGB", (1, 2, 3), RED), "PNG", transparency=(1, 2, 3)), left, WHITE
    yield "rgb-key-right", saved(half("RGB", (1, 2, 3), RED), "PNG", transparency=(1, 2, 3)), right, RED
    palette = half("RGB", (1, 2, 3), RED).quantize(2)
    yield "palette-key", saved(palette, "PNG", transparency=palette.getpixel((1, 1))), left, WHITE
    yield "bits-key", saved(half("1", 0, 1), "PNG", transparency=0), left, WHITE
    half_red = tuple(round((255 + value) / 2) for value in RED)
    yield "half-clear", saved(Image.new("RGBA", SIZE, (*RED, 128)), "PNG"), (0.5, 0.5), half_red  # type: ignore[misc]


def deep() -> Iterator[Made]:
    """Yield greys of 16 bits."""
    for value in (0, 16384, 32768, 65535):
        yield f"grey-16-{value}", saved(Image.new("I;16", SIZE, value), "PNG"), (0.5, 0.5), (value >> 8,) * 3  # type: ignore[misc]
    image = Image.new("I;16", (4000, 3000), 32768)
    yield "grey-16-large", saved(image, "PNG", compress_level=1), (0.5, 0.5), GREY


def turned() -> Iterator[Made]:
    """Yield pictures that say how they are turned; the red corner is where it belongs, in JPEG, PNG and HEIC."""
    for turn in range(1, 9):
        image = Image.new("RGB", SIZE, WHITE)
        image.paste(RED, (0, 0, 60, 50))
        exif = Image.Exif()
        exif[0x0112] = turn
        right, bottom = turn in {2, 3, 6, 7}, turn in {3, 4, 7, 8}
        at = (0.9 if right else 0.1, 0.9 if bottom else 0.1)
        yield f"turned-{turn}", saved(image, "JPEG", exif=exif.tobytes(), quality=95), at, RED


def profiled() -> Iterator[Made]:
    """Yield pictures with profiles: sRGB's own, a broken one, one of another kind of colours, grey's."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for name, profile in (("srgb", srgb), ("broken", b"no profile"), ("empty", b""), ("lab", lab), ("cut", srgb[:200])):
        yield f"profile-{name}", saved(Image.new("RGB", SIZE, RED), "PNG", icc_profile=profile), (0.5, 0.5), RED
    yield "profile-grey-in-rgb", saved(Image.new("L", SIZE, 128), "JPEG", icc_profile=srgb), (0.5, 0.5), GREY
    yield "profile-alpha", saved(half("RGBA", (0, 0, 0, 0), (*RED, 255)), "PNG", icc_profile=srgb), (0.25, 0.5), WHITE
    yield "profile-cmyk-in-rgb", saved(Image.new("RGB", SIZE, RED), "JPEG", icc_profile=srgb[:100]), (0.5, 0.5), RED


SERIES: tuple[Callable[[], Iterator[Made]], ...] = (plain, see_through, deep, turned, profiled)


def all_made() -> list[Made]:
    """Return every picture of our own."""
    return [each for series in SERIES for each in series()]
