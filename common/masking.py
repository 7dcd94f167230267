"""What may be shown of a personal number (domain.md §8): the first three and the last four characters at most."""


def mask(text: str) -> str:
    """`110101199001011237` → `110***********1237`, `13800138000` → `138****8000`, `E12345678` → `E****5678`."""
    if len(text) >= 11:
        return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
    if len(text) >= 6:
        return f"{text[:1]}{'*' * (len(text) - 5)}{text[-4:]}"
    return "*" * len(text)


def mask_email(text: str) -> str:
    name, at, host = text.partition("@")
    return f"{name[:1]}***{at}{host}"
