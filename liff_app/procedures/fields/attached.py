"""Files of an answer as pages list them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from liff_app.i18n import gettext as _
from liff_app.procedures.engine.document import FILE_KINDS, Question
from liff_app.procedures.fields.views import FileShown
from liff_app.procedures.files.views import FileView

Address = Callable[[str, bool], str]  # (file id, small picture?) -> where it can be seen
_KILO, _MEGA = 1000, 1000 * 1000


def shown(
    question: Question, value: object, files: Mapping[str, FileView], address: Address
) -> tuple[FileShown, ...]:
    """The files that an answer names, in its order; those nobody knows any more are left out."""
    if question.kind not in FILE_KINDS or not isinstance(value, list):
        return ()
    return tuple(one(files[name], address) for name in value if name in files)


def one(file: FileView, address: Address) -> FileShown:
    """One file with where it can be seen."""
    return FileShown(
        id=file.id,
        name=file.name,
        detail=_detail(file),
        href=address(file.id, False),
        thumb=address(file.id, True) if file.has_thumb else "",
    )


def _detail(file: FileView) -> str:
    size = f"{file.size / _MEGA:.1f}MB" if file.size >= _MEGA else f"{-(-file.size // _KILO)}KB"
    if file.pages:
        return _("PDF %(n)sページ %(size)s", n=file.pages, size=size)
    return _("写真 %(size)s", size=size)
