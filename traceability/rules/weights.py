"""Weights as people read them."""


def in_words(grams: int) -> str:
    """Return a weight in words: 1,860 kg, 2.5 kg, 300 g."""
    if grams < 1000:
        return f"{grams} g"
    return f"{grams / 1000:,.3f}".rstrip("0").rstrip(".") + " kg"
