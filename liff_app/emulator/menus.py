"""Rich menus: create, image, list, delete, default, aliases."""

import copy
import secrets
from typing import Any

from flask import Response, request

from liff_app.emulator.channel import Refusal, bp, faults_refusal, json_body
from liff_app.emulator.menu_rules import image_fault, menu_faults
from liff_app.emulator.message_rules import ALIAS
from liff_app.emulator.world import world

MAX_MENUS = 1000
_NO_IMAGE = "must upload richmenu image before applying it to user"


def known_menu(menu_id: object) -> dict[str, Any]:
    """Return the menu, or refuse with 404."""
    menu = world().store.get("menu", menu_id) if isinstance(menu_id, str) else None
    if menu is None:
        raise Refusal(404, "Not found")
    return menu


def applicable_menu(menu_id: object) -> str:
    """Return the id of a menu that may be shown; refuse one without an image."""
    known_menu(menu_id)
    if world().store.blob(f"menu:{menu_id}") is None:
        raise Refusal(400, _NO_IMAGE)
    return str(menu_id)


def _checked_menu() -> dict[str, Any]:
    menu = json_body()
    faults = menu_faults(menu)
    if faults:
        raise faults_refusal(faults)
    return menu


@bp.post("/richmenu/validate")
def richmenu_validate() -> dict[str, Any]:
    """Check a rich menu object without keeping it."""
    _checked_menu()
    return {}


@bp.post("/richmenu")
def richmenu_create() -> dict[str, Any]:
    """Keep a rich menu and give its id; the image follows."""
    menu = _checked_menu()
    if len(world().store.items("menu")) >= MAX_MENUS:
        raise Refusal(400, f"The number of rich menus exceeds the limit of {MAX_MENUS}")
    menu_id = f"richmenu-{secrets.token_hex(16)}"
    names = ("size", "selected", "name", "chatBarText", "areas")
    world().store.put("menu", menu_id, {name: menu[name] for name in names})
    return {"richMenuId": menu_id}


@bp.get("/richmenu/list")
def richmenu_list() -> dict[str, Any]:
    """List all rich menus made through the API."""
    return {"richmenus": [{"richMenuId": key, **body} for key, body in world().store.items("menu")]}


@bp.get("/richmenu/<menu_id>")
def richmenu_get(menu_id: str) -> dict[str, Any]:
    """Give one rich menu."""
    return {"richMenuId": menu_id, **known_menu(menu_id)}


@bp.delete("/richmenu/<menu_id>")
def richmenu_delete(menu_id: str) -> dict[str, Any]:
    """Delete a menu; whoever had it sees the next one in the order of priority."""
    known_menu(menu_id)
    store = world().store
    with store.transaction():
        store.take("menu", menu_id)
        store.remove_blob(f"menu:{menu_id}")
        for user_id, link in store.items("link"):
            if link["menu"] == menu_id:
                store.take("link", user_id)
        if (store.get("setting", "default_menu") or {}).get("menu") == menu_id:
            store.take("setting", "default_menu")
    return {}


@bp.post("/richmenu/<menu_id>/content")
def richmenu_image_put(menu_id: str) -> dict[str, Any]:
    """Keep the menu's image: PNG or JPEG of exactly its size, once."""
    menu = known_menu(menu_id)
    if world().store.blob(f"menu:{menu_id}") is not None:
        raise Refusal(400, "An image has already been uploaded to the richmenu")
    fault = image_fault(request.mimetype, request.get_data(), menu["size"])
    if fault:
        raise Refusal(*fault)
    world().store.put_blob(f"menu:{menu_id}", request.mimetype, request.get_data())
    return {}


@bp.get("/richmenu/<menu_id>/content")
def richmenu_image_get(menu_id: str) -> Response:
    """Give the menu's image."""
    kept = world().store.blob(f"menu:{menu_id}")
    if kept is None:
        raise Refusal(404, "Not found")
    return Response(kept[1], mimetype=kept[0])


@bp.post("/user/all/richmenu/<menu_id>")
def default_put(menu_id: str) -> dict[str, Any]:
    """Make a menu everybody's, but for those who have one of their own."""
    world().store.put("setting", "default_menu", {"menu": applicable_menu(menu_id)})
    return {}


@bp.get("/user/all/richmenu")
def default_get() -> dict[str, Any]:
    """Give the id of the default menu, 404 without one."""
    kept = world().store.get("setting", "default_menu")
    if kept is None:
        raise Refusal(404, "no default richmenu")
    return {"richMenuId": kept["menu"]}


@bp.delete("/user/all/richmenu")
def default_delete() -> dict[str, Any]:
    """Have no default menu any more."""
    world().store.take("setting", "default_menu")
    return {}


@bp.post("/richmenu/alias")
def alias_create() -> dict[str, Any]:
    """Give a menu a second name, for tabs."""
    body = json_body()
    alias = str(body.get("richMenuAliasId", ""))
    if not ALIAS.fullmatch(alias):
        raise faults_refusal([("richMenuAliasId", "Must match [a-z0-9_-]{1,32}")])
    menu_id = _menu_for_alias(body)
    if not world().store.add("alias", alias, {"menu": menu_id}):
        raise Refusal(400, "conflict richmenu alias id")
    return {}


def _menu_for_alias(body: dict[str, Any]) -> str:
    menu_id = body.get("richMenuId")
    if not isinstance(menu_id, str) or world().store.get("menu", menu_id) is None:
        raise Refusal(400, "richmenu not found")
    return applicable_menu(menu_id)


def _known_alias(alias: str) -> dict[str, Any]:
    kept = world().store.get("alias", alias)
    if kept is None:
        raise Refusal(404, "richmenu alias not found")
    return {"richMenuAliasId": alias, "richMenuId": kept["menu"]}


@bp.get("/richmenu/alias/list")
def alias_list() -> dict[str, Any]:
    """List all aliases."""
    rows = world().store.items("alias")
    return {"aliases": [{"richMenuAliasId": a, "richMenuId": b["menu"]} for a, b in rows]}


@bp.get("/richmenu/alias/<alias>")
def alias_get(alias: str) -> dict[str, Any]:
    """Tell which menu an alias names."""
    return _known_alias(alias)


@bp.post("/richmenu/alias/<alias>")
def alias_update(alias: str) -> dict[str, Any]:
    """Let an alias name another menu."""
    _known_alias(alias)
    world().store.put("alias", alias, {"menu": _menu_for_alias(json_body())})
    return {}


@bp.delete("/richmenu/alias/<alias>")
def alias_delete(alias: str) -> dict[str, Any]:
    """Forget an alias."""
    _known_alias(alias)
    world().store.take("alias", alias)
    return {}


def menu_shown_to(user_id: str) -> dict[str, Any] | None:
    """Return the menu a resident sees: their own, else the default, else None."""
    store = world().store
    for kept in (store.get("link", user_id), store.get("setting", "default_menu")):
        menu = store.get("menu", kept["menu"]) if kept else None
        if kept and menu:
            return {"richMenuId": kept["menu"], **copy.deepcopy(menu)}
    return None
