"""Families and sums in words."""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.shelters.checkin.rules import Party
from liff_app.shelters.checkin.vocabulary import Care
from liff_app.shelters.words import Words

CARE_WORDS: dict[Care, Words] = {
    Care.MOBILITY: lambda: _("車いす・歩行"),
    Care.INFANTS: lambda: _("乳幼児"),
    Care.PREGNANT: lambda: _("妊産婦"),
    Care.MEDICAL: lambda: _("医療機器・持病"),
    Care.OTHER: lambda: _("その他"),
}
CARE_HINTS: dict[Care, Words] = {
    Care.MOBILITY: lambda: _("車いすの人、歩くのに助けがいる人"),
    Care.INFANTS: lambda: _("小学校に入る前の子"),
    Care.PREGNANT: lambda: _("おなかに赤ちゃんがいる人、産んだばかりの人"),
    Care.MEDICAL: lambda: _("酸素・透析・毎日の薬など"),
    Care.OTHER: lambda: _("目・耳・ことば・こころなど"),
}


def party_words(party: Party) -> str:
    """The people, and what some of them need: 「4人・乳幼児1・ペット1」."""
    parts = [_("%(n)s人", n=party.people)]
    parts += [f"{CARE_WORDS[care]()}{count}" for care, count in party.cares.items()]
    if party.pets:
        parts.append(_("ペット%(n)s", n=party.pets))
    return "・".join(parts)


def difference_words(people: int | None, checked_in: int | None) -> str:
    """How the head count and the check-in differ; nothing where either is not known."""
    if people is None or checked_in is None:
        return ""
    if people == checked_in:
        return _("人数と受付は同じです。")
    if people > checked_in:
        return _("受付していない人が%(n)s人います。", n=f"{people - checked_in:,}")
    return _("受付のほうが%(n)s人多いです。", n=f"{checked_in - people:,}")


def counters() -> list[tuple[str, str, str]]:
    """Name, label and hint of every count beside the people."""
    asked = [(care.value, CARE_WORDS[care](), CARE_HINTS[care]()) for care in Care]
    return [*asked, ("pets", _("ペット"), _("犬・ねこなど（受け入れは避難所によります）"))]
