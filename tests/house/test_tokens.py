"""Colours: written once, and readable in light and dark, for whoever reads them in rain or sun."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
COLOUR_FUNCTION = re.compile(r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(")
COLOUR_NAME = re.compile(r":[^;{]*\b(?:white|black|red|blue|green|yellow|gr[ae]y|orange|navy)\b")

# (what is written, on what, least contrast).
# 4.5 for words, 3 for edges and shapes: WCAG 2.2, 1.4.3 and 1.4.11.
PAIRS = [
    ("--c-text", "--c-bg", 7),
    ("--c-text", "--c-surface", 7),
    ("--c-text", "--c-tint", 7),
    ("--c-text", "--c-ok-bg", 7),
    ("--c-text", "--c-warn-bg", 7),
    ("--c-text", "--c-err-bg", 7),
    ("--c-bg", "--c-text", 7),
    ("--c-sub", "--c-bg", 7),
    ("--c-sub", "--c-surface", 4.5),
    ("--c-link", "--c-bg", 7),
    ("--c-link", "--c-surface", 4.5),
    ("--c-link", "--c-tint", 4.5),
    ("--c-link", "--c-err-bg", 4.5),
    ("--c-on-action", "--c-action", 7),
    ("--c-action", "--c-bg", 4.5),
    ("--c-ok", "--c-ok-bg", 4.5),
    ("--c-warn", "--c-warn-bg", 4.5),
    ("--c-err", "--c-err-bg", 4.5),
    ("--c-err", "--c-bg", 4.5),
    ("--c-on-alert", "--c-alert", 4.5),
    ("--c-on-drill", "--c-drill", 7),
    ("--c-line", "--c-bg", 3),
    ("--c-line", "--c-surface", 3),
    ("--c-ok", "--c-bg", 3),
    ("--c-warn", "--c-bg", 3),
    ("--c-focus", "--c-bg", 7),
    ("--c-focus", "--c-surface", 7),
    ("--c-qr-dark", "--c-qr-light", 7),
    ("--c-map-edge", "--c-map-me", 4.5),
    ("--c-map-edge", "--c-map-place", 4.5),
    ("--c-map-edge", "--c-map-later", 4.5),
]


def tokens(block: str) -> dict[str, str]:
    """Custom properties of a piece of the sheet, by name."""
    return dict(re.findall(r"(--[a-z-]+):\s*([^;]+);", block))


def themes() -> dict[str, dict[str, str]]:
    """The light set, and the dark one laid over it."""
    light, dark = (CSS / "tokens.css").read_text(encoding="utf-8").split("@media", 1)
    return {"light": tokens(light), "dark": tokens(light) | tokens(dark)}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, from #rgb or #rrggbb."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_the_one_of_the_standard() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#06c755", "#fff") < 3, "white on LINE's green is no pair for words"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper", "least"), PAIRS)
def test_every_pair_of_colours_can_be_read(theme: str, ink: str, paper: str, least: float) -> None:
    colours = themes()[theme]
    found = contrast(colours[ink], colours[paper])
    assert found >= least, f"{theme}: {ink} on {paper} is {found:.2f}: see static/css/tokens.css"


def test_every_colour_has_a_pair_that_is_measured() -> None:
    measured = {name for ink, paper, _ in PAIRS for name in (ink, paper)}
    # A rule only parts what space parts already; the halo stands beside the focus line.
    decoration = {"--c-rule", "--c-focus-halo"}
    colours = {name for name in themes()["light"] if name.startswith("--c-")}
    assert colours - decoration == measured


def test_dark_overrides_only_what_light_defines() -> None:
    light, dark = (CSS / "tokens.css").read_text(encoding="utf-8").split("@media", 1)
    assert set(tokens(dark)) <= set(tokens(light))


@pytest.mark.parametrize(
    "sheet", sorted(p for p in CSS.rglob("*.css") if p.name != "tokens.css"), ids=lambda p: p.name
)
def test_colours_are_written_in_the_tokens_alone(sheet: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [*HEX.findall(css), *COLOUR_FUNCTION.findall(css), *COLOUR_NAME.findall(css)]
    assert not found, f"use a token of static/css/tokens.css instead of {found} in {sheet.name}"


@pytest.mark.parametrize("sheet", sorted(CSS.rglob("*.css")), ids=lambda p: p.name)
def test_every_token_that_is_used_exists(sheet: Path) -> None:
    used = set(re.findall(r"var\((--[a-z-]+)", sheet.read_text(encoding="utf-8")))
    assert used <= set(themes()["light"])
