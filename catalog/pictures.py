"""Where a stored picture's derivatives are: what templates, cards and other packages need to show one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.files.storage import default_storage

WIDTHS = (240, 480, 960)


def file_name(key: str, width: int, kind: str = "webp") -> str:
    """Return the name in media of one derivative."""
    return f"{key}-{width}.{kind}"


def picture_url(key: str, width: int = 240, kind: str = "webp") -> str:
    """Return the address of one derivative, "" without a key. 240 always exists."""
    return default_storage.url(file_name(key, width, kind)) if key else ""


def srcsets(key: str, widths: Sequence[int]) -> tuple[str, str]:
    """Return the WebP and the AVIF srcset of a picture."""
    webp, avif = (
        ", ".join(f"{default_storage.url(file_name(key, width, kind))} {width}w" for width in widths)
        for kind in ("webp", "avif")
    )
    return webp, avif


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture as the component `picture` draws it, with its alternative texts."""

    src: str
    srcset: str
    avif_srcset: str
    width: int
    height: int
    ground: str
    alt_zh: str = ""
    alt_en: str = ""
    key: str = ""


def rendition(
    key: str,
    widths: Iterable[int] = WIDTHS,
    *,
    size: tuple[int, int] = (960, 960),
    ground: str = "#E7E1D1",
    alt_zh: str = "",
    alt_en: str = "",
) -> Rendition:
    """Return what shows the picture `key`; `size` is the original's, for the space it takes."""
    given = list(widths) or [WIDTHS[0]]
    webp, avif = srcsets(key, given)
    return Rendition(
        src=picture_url(key, given[min(1, len(given) - 1)]),
        srcset=webp,
        avif_srcset=avif,
        width=size[0],
        height=size[1],
        ground=ground,
        alt_zh=alt_zh,
        alt_en=alt_en,
        key=key,
    )
