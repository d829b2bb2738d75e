import pytest

from liff_app.gateways.line_messaging import LineFailed, LineTrouble, RichMenuSpec
from liff_app.gateways.line_messaging_recording import RecordingLineMessaging
from liff_app.messaging.richmenu import NAME_PREFIX, MenuDefinition, Mode, alias_of
from liff_app.messaging.richmenu_apply import apply_menus

CHANGES = {
    "create_rich_menu",
    "set_rich_menu_image",
    "set_rich_menu_alias",
    "set_default_rich_menu",
    "delete_rich_menu",
}


def _menus(version: str) -> list[MenuDefinition]:
    """Menus without a drawing, which has its own tests."""
    return [
        MenuDefinition(
            mode=mode,
            name=f"{NAME_PREFIX}{mode}:{version}",
            alias=alias_of(mode),
            chat_bar_text="メニュー",
            size=(2500, 1686),
            areas=(),
            image_png=version.encode(),
        )
        for mode in Mode
    ]


@pytest.fixture(scope="module")
def wanted() -> list[MenuDefinition]:
    return _menus("1")


@pytest.fixture(scope="module")
def newer() -> list[MenuDefinition]:
    return _menus("2")


def _state(line: RecordingLineMessaging) -> tuple[set[str], dict[str, str], str]:
    names = {menu_id: spec.name for menu_id, spec in line.specs.items()}
    aliases = {alias: names[menu_id] for alias, menu_id in line.aliases.items()}
    assert line.default is not None
    assert set(line.images) == set(line.specs)
    return set(names.values()), aliases, names[line.default]


def test_the_first_call_makes_everything(wanted: list[MenuDefinition]) -> None:
    line = RecordingLineMessaging()
    applied = apply_menus(line, wanted)
    normal, disaster = wanted
    assert applied.changed
    assert applied.created == (normal.name, disaster.name)
    assert _state(line) == (
        {normal.name, disaster.name},
        {normal.alias: normal.name, disaster.alias: disaster.name},
        normal.name,
    )
    assert [spec.name for spec in line.validated] == [normal.name, disaster.name]


def test_the_second_call_changes_nothing(wanted: list[MenuDefinition]) -> None:
    line = RecordingLineMessaging()
    apply_menus(line, wanted)
    line.calls.clear()
    again = apply_menus(line, wanted)
    assert not again.changed
    assert again.kept == tuple(menu.name for menu in wanted)
    assert CHANGES.isdisjoint(line.calls)


def test_outdated_menus_of_ours_go_and_those_of_others_stay(
    wanted: list[MenuDefinition], newer: list[MenuDefinition]
) -> None:
    line = RecordingLineMessaging()
    line.specs["other"] = RichMenuSpec("キャンペーン", "春", 2500, 843, ())
    line.images["other"] = b"png"
    apply_menus(line, wanted)
    applied = apply_menus(line, newer)
    assert set(applied.deleted) == {menu.name for menu in wanted}
    names, aliases, default = _state(line)
    assert names == {"キャンペーン", *(menu.name for menu in newer)}
    assert aliases == {menu.alias: menu.name for menu in newer}
    assert default == newer[0].name


def test_the_disaster_menu_can_be_made_the_one_shown(wanted: list[MenuDefinition]) -> None:
    line = RecordingLineMessaging()
    apply_menus(line, wanted)
    applied = apply_menus(line, wanted, shown=Mode.DISASTER)
    assert (applied.created, applied.default_set) == ((), wanted[1].name)
    assert _state(line)[2] == wanted[1].name


@pytest.mark.parametrize("stop_after", range(15))
def test_a_call_stopped_anywhere_is_finished_by_the_next(
    wanted: list[MenuDefinition], newer: list[MenuDefinition], stop_after: int
) -> None:
    class Stops(RecordingLineMessaging):
        left = stop_after

        def _note(self, call: str) -> None:
            if Stops.left == 0:
                Stops.left = -1
                raise LineFailed("cut off")
            Stops.left -= 1
            super()._note(call)

    line = Stops()
    Stops.left = -1
    apply_menus(line, wanted)
    Stops.left = stop_after
    with pytest.raises(LineTrouble):
        apply_menus(line, newer)
    apply_menus(line, newer)
    names, aliases, default = _state(line)
    assert names == {menu.name for menu in newer}
    assert aliases == {menu.alias: menu.name for menu in newer}
    assert default == newer[0].name
    assert all(line.images[i] == b"2" for i in line.specs)


def test_a_whole_update_has_as_many_calls_as_are_stopped_above(
    wanted: list[MenuDefinition], newer: list[MenuDefinition]
) -> None:
    line = RecordingLineMessaging()
    apply_menus(line, wanted)
    line.calls.clear()
    apply_menus(line, newer)
    assert len(line.calls) == 15


def test_nothing_is_made_if_line_would_refuse_one_of_them(wanted: list[MenuDefinition]) -> None:
    class Picky(RecordingLineMessaging):
        def validate_rich_menu(self, spec: RichMenuSpec) -> None:
            super().validate_rich_menu(spec)
            if spec.name == wanted[1].name:
                raise LineFailed("refused")

    line = Picky()
    with pytest.raises(LineFailed):
        apply_menus(line, wanted)
    assert line.specs == {}
