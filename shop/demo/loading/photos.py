"""Buyers' photos, made from the demo's pictures: cropped, turned, lit by a kitchen lamp, and marked DEMO."""

import io
from random import Random

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from shop.demo.world import PICTURES

SIDE = 400
LAMP = (255, 214, 150)


def make_photo(name: str, seed: int) -> io.BytesIO:
    """Return a JPEG that looks snapped at home, of the picture `name`. The same seed makes the same photo."""
    dice = Random(seed)
    image = Image.open(PICTURES / f"{name}.webp").convert("RGB")
    side = round(min(image.size) * dice.uniform(0.6, 0.85))
    left = dice.randint(0, image.width - side)
    top = dice.randint(0, image.height - side)
    photo = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR, (left, top, left + side, top + side))
    photo = photo.rotate(dice.uniform(-9, 9), Image.Resampling.BILINEAR, fillcolor=photo.getpixel((4, 4)))
    photo = Image.blend(photo, Image.new("RGB", photo.size, LAMP), dice.uniform(0.06, 0.16))
    photo = ImageEnhance.Brightness(photo).enhance(dice.uniform(0.82, 1.06))
    photo = ImageEnhance.Contrast(photo).enhance(dice.uniform(1.05, 1.22))
    photo = photo.filter(ImageFilter.GaussianBlur(0.5))
    ImageDraw.Draw(photo).text((SIDE - 52, SIDE - 18), "DEMO", fill=(255, 255, 255))
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=82)
    out.seek(0)
    return out
