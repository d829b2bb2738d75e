"""Bring the menus at LINE into line with their definitions: repeatable, and ours alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liff_app.gateways.line_messaging import LineMessaging
from liff_app.messaging.richmenu import NAME_PREFIX, MenuDefinition, Mode, alias_of


@dataclass(frozen=True, slots=True)
class AppliedMenus:
    """What was done. Names are those of the menus; nothing done leaves all of them empty."""

    created: tuple[str, ...]
    kept: tuple[str, ...]
    deleted: tuple[str, ...]
    aliases_set: tuple[str, ...]
    default_set: str | None

    @property
    def changed(self) -> bool:
        """Whether anything at LINE is different now."""
        return bool(self.created or self.deleted or self.aliases_set or self.default_set)


def apply_menus(
    gateway: LineMessaging, definitions: Sequence[MenuDefinition], *, shown: Mode = Mode.NORMAL
) -> AppliedMenus:
    """Make every definition exist, with image, behind its alias, and `shown` the default.

    A menu whose name (with its hash) is there already is kept, so a second call changes nothing.
    Stopped halfway, the next call goes on from there. Outdated menus of ours are deleted last,
    when nothing points to them; other programs' are never touched.
    """
    ids: dict[str, str] = {}
    for found in gateway.rich_menus():
        ids.setdefault(found.name, found.menu_id)
    missing = [each for each in definitions if each.name not in ids]
    for definition in missing:
        gateway.validate_rich_menu(definition.spec)  # all of them, before one is made
    for definition in missing:
        ids[definition.name] = gateway.create_rich_menu(definition.spec)
    for definition in definitions:
        _ensure_image(gateway, definition, ids[definition.name], new=definition in missing)
    aliases_set = _ensure_aliases(gateway, definitions, ids)
    default_set = _ensure_default(gateway, definitions, ids, shown)
    return AppliedMenus(
        created=tuple(each.name for each in missing),
        kept=tuple(each.name for each in definitions if each not in missing),
        deleted=_delete_outdated(gateway, {ids[each.name] for each in definitions}),
        aliases_set=aliases_set,
        default_set=default_set,
    )


def _ensure_image(
    gateway: LineMessaging, definition: MenuDefinition, menu_id: str, *, new: bool
) -> None:
    """A call stopped between menu and image leaves a menu nobody can be shown."""
    if new or not gateway.has_rich_menu_image(menu_id):
        gateway.set_rich_menu_image(menu_id, definition.image_png)


def _ensure_aliases(
    gateway: LineMessaging, definitions: Sequence[MenuDefinition], ids: dict[str, str]
) -> tuple[str, ...]:
    present = gateway.rich_menu_aliases()
    changed = [each for each in definitions if present.get(each.alias) != ids[each.name]]
    for definition in changed:
        gateway.set_rich_menu_alias(definition.alias, ids[definition.name])
    return tuple(each.alias for each in changed)


def _ensure_default(
    gateway: LineMessaging,
    definitions: Sequence[MenuDefinition],
    ids: dict[str, str],
    shown: Mode,
) -> str | None:
    name = next(each.name for each in definitions if each.alias == alias_of(shown))
    if gateway.default_rich_menu() == ids[name]:
        return None
    gateway.set_default_rich_menu(ids[name])
    return name


def _delete_outdated(gateway: LineMessaging, wanted: set[str]) -> tuple[str, ...]:
    outdated = [
        found
        for found in gateway.rich_menus()
        if found.name.startswith(NAME_PREFIX) and found.menu_id not in wanted
    ]
    for found in outdated:
        gateway.delete_rich_menu(found.menu_id)
    return tuple(found.name for found in outdated)
