"""What others may see of a person: 林**, 138****2046, l***@example.cn."""

from shop.core.codes import national_phone

PHONE_SHOWN = (3, 4)


def mask_name(name: str | None) -> str:
    """Return the first character and two stars, whatever the length; two stars for nothing."""
    return f"{(name or '').strip()[:1]}**"


def mask_phone(phone: str | None) -> str:
    """Return 138****2046. Shorter numbers keep their last two digits at most; nothing stays nothing."""
    digits = national_phone((phone or "").strip())
    if not digits:
        return ""
    head, tail = PHONE_SHOWN
    if len(digits) < head + tail + 1:
        return f"****{digits[-2:] if len(digits) > 3 else ''}"
    return f"{digits[:head]}****{digits[-tail:]}"


def mask_email(email: str | None) -> str:
    """Return the first character, three stars and the domain."""
    name, at, domain = (email or "").strip().rpartition("@")
    return f"{name[:1]}***@{domain}" if at else ""
