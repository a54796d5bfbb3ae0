"""A provider's colour, made readable: WCAG 2.2 contrast of at least 4.5, in light and in dark."""

import colorsys
import re

ENOUGH = 4.5
"""Contrast of text with what is behind it (WCAG 2.2, 1.4.3)."""
LIGHT_SURFACE = "#f3f1ec"
"""The darkest surface of the light theme, see static/tokens.css."""
DARK_SURFACE = "#2b2925"
"""The lightest surface of the dark theme."""
WHITE = "#ffffff"
INK = "#16140f"

_COLOUR = re.compile("#[0-9a-f]{6}")
Rgb = tuple[float, float, float]


def is_colour(text: str) -> bool:
    """Whether it is written as #rrggbb, in lower case."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, surface: str, enough: float = ENOUGH) -> str:
    """`colour`, or the nearest one of its hue that can be read on `surface`."""
    hue, light, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    step = 0.01 if _luminance(surface) < 0.18 else -0.01
    while contrast(colour, surface) < enough and 0 <= light <= 1:
        light += step
        colour = _hex(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light)), saturation))
    return colour


def on(colour: str) -> str:
    """White or ink: whichever reads better on `colour`."""
    return max((WHITE, INK), key=lambda text: contrast(text, colour))


def accent_sheet(colour: str) -> str:
    """A style sheet that sets the accent tokens from a provider's colour."""
    light, dark = readable(colour, LIGHT_SURFACE), readable(colour, DARK_SURFACE)
    bright, night = _tokens(light), _tokens(dark)
    return (
        f":root {{ {bright} }}\n"
        "@media (prefers-color-scheme: dark) "
        f"{{ :root:not([data-theme='light']) {{ {night} }} }}\n"
        f":root[data-theme='dark'] {{ {night} }}\n"
    )


def _tokens(colour: str) -> str:
    return f"--accent: {colour}; --on-accent: {on(colour)};"


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (_linear(part) for part in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
