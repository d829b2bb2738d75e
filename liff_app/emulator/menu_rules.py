"""What LINE accepts as a rich menu and as its image."""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, UnidentifiedImageError

from liff_app.emulator.message_rules import Fault, action_faults, text_faults, utf16_units

MAX_IMAGE_BYTES = 1024 * 1024
MAX_AREAS = 20
MAX_NAME = 300
MAX_BAR_TEXT = 14
MIN_WIDTH, MAX_WIDTH, MIN_HEIGHT = 800, 2500, 250
MIN_ASPECT = 1.45
_TYPES = {"image/png": "PNG", "image/jpeg": "JPEG"}


def menu_faults(menu: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with a rich menu object."""
    found = _size_faults(menu.get("size"))
    if not isinstance(menu.get("selected"), bool):
        found.append(("selected", "May not be null"))
    found += text_faults(menu.get("name"), "name", MAX_NAME)
    bar = menu.get("chatBarText")
    found += text_faults(bar, "chatBarText", MAX_BAR_TEXT)
    areas = menu.get("areas")
    if not isinstance(areas, list) or len(areas) > MAX_AREAS:
        return [*found, ("areas", f"Size must be between 0 and {MAX_AREAS}")]
    if found:
        return found
    for number, area in enumerate(areas):
        found += _area_faults(area, f"areas[{number}]", menu["size"])
    return found


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _size_faults(size: object) -> list[Fault]:
    if not isinstance(size, dict) or not all(_whole(size.get(n)) for n in ("width", "height")):
        return [("size", "May not be null")]
    found: list[Fault] = []
    if not MIN_WIDTH <= size["width"] <= MAX_WIDTH:
        found.append(("size.width", f"Must be between {MIN_WIDTH} and {MAX_WIDTH}"))
    if size["height"] < MIN_HEIGHT:
        found.append(("size.height", f"Must be at least {MIN_HEIGHT}"))
    if size["height"] > 0 and size["width"] / size["height"] < MIN_ASPECT:
        found.append(("size", f"The aspect ratio must be at least {MIN_ASPECT}"))
    return found


def _area_faults(area: object, where: str, size: Mapping[str, int]) -> list[Fault]:
    if not isinstance(area, dict):
        return [(where, "May not be null")]
    bounds = area.get("bounds")
    names = ("x", "y", "width", "height")
    if not isinstance(bounds, dict) or not all(_whole(bounds.get(name)) for name in names):
        return [(f"{where}.bounds", "May not be null")]
    x, y, width, height = (bounds[name] for name in names)
    found: list[Fault] = []
    outside = x + width > size["width"] or y + height > size["height"]
    if min(x, y) < 0 or min(width, height) < 1 or outside:
        found.append((f"{where}.bounds", "Must lie within the size of the rich menu"))
    label = (area.get("action") or {}).get("label")
    if isinstance(label, str) and utf16_units(label) > 20:  # noqa: PLR2004 - LINE's label limit
        found.append((f"{where}.action.label", "Length must be between 0 and 20"))
    return found + action_faults(area.get("action"), f"{where}.action")


def image_fault(media_type: str, body: bytes, size: Mapping[str, int]) -> tuple[int, str] | None:
    """Return status and text of the refusal of a menu's image, None if LINE would take it."""
    if media_type not in _TYPES:
        return 415, "Unsupported Media Type"
    if len(body) > MAX_IMAGE_BYTES:
        return 413, "Request exceeds the max size of 1MB."
    measured = _measured(body)
    if measured is None:
        return 400, "Invalid image"
    real_type, width, height = measured
    outside = not MIN_WIDTH <= width <= MAX_WIDTH or height < MIN_HEIGHT
    checks = (
        (real_type != _TYPES[media_type], "The image does not match the content type"),
        (outside or width / height < MIN_ASPECT, "Invalid image size"),
        (
            (width, height) != (size["width"], size["height"]),
            "The image size does not match the size of the rich menu",
        ),
    )
    return next(((400, text) for wrong, text in checks if wrong), None)


def _measured(body: bytes) -> tuple[str, int, int] | None:
    try:
        with Image.open(io.BytesIO(body), formats=("PNG", "JPEG")) as image:
            found = (str(image.format), *image.size)
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
    return found
