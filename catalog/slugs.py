"""Addresses people can read: pinyin for Chinese names."""

from django.utils.text import slugify as ascii_slugify


def slugify(value: str, allow_unicode: bool = False) -> str:
    """Return an ASCII slug; Chinese becomes pinyin (英德红茶 → ying-de-hong-cha). `allow_unicode` is Oscar's."""
    from pypinyin import lazy_pinyin  # reason: its dictionaries take 58 MB, and no page ever needs them

    return ascii_slugify(" ".join(lazy_pinyin(value)), allow_unicode=False)
