"""What a browser says of itself, in a few words. Pure."""

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device(agent: str) -> str:
    """`Firefox en Windows`; what is not known is not guessed."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "Otro programa")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return f"{browser} en {system}" if system else browser
