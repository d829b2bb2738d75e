"""What makes a whole file unreadable.

ListUnreadable
├── FormatUnknown       neither CSV, TSV, XLSX, GeoJSON nor gzip of one of them
├── ListTooLarge        more bytes, rows, columns or sheets than the limits
├── NotDecodable        no known Japanese encoding fits
├── FileBroken          damaged gzip, ZIP, JSON or CSV
├── FileRefused         a workbook with a password or with XML entities
├── HeaderNotFound      no line holds the headings asked for
├── ColumnsUnknown      headings of no known list: a mapping is needed
├── PresetUnknown       no such built-in mapping
└── MappingUnreadable   the mapping file itself is wrong
"""

from __future__ import annotations

from typing import ClassVar


class ListUnreadable(Exception):
    """A file that gives no row at all. `message` is Japanese text for the person importing."""

    code: ClassVar[str] = "list_unreadable"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FormatUnknown(ListUnreadable):
    """The bytes are in no format this service reads."""

    code = "format_unknown"


class ListTooLarge(ListUnreadable):
    """A limit of `ReadOptions` is passed, before or after unpacking."""

    code = "list_too_large"


class NotDecodable(ListUnreadable):
    """The text is neither UTF-8, UTF-16 with a mark, nor CP932."""

    code = "not_decodable"


class FileBroken(ListUnreadable):
    """The format is known but the content is damaged or cut off."""

    code = "file_broken"


class FileRefused(ListUnreadable):
    """The file asks for something that is never done: a password, XML entities."""

    code = "file_refused"


class HeaderNotFound(ListUnreadable):
    """No line among the first ones holds the headings that are needed."""

    code = "header_not_found"


class ColumnsUnknown(ListUnreadable):
    """No built-in mapping fits; `headings` are those of the likeliest line, for a suggestion."""

    code = "columns_unknown"

    def __init__(self, message: str, headings: tuple[str, ...]) -> None:
        super().__init__(message)
        self.headings = headings


class PresetUnknown(ListUnreadable):
    """There is no built-in mapping of that name."""

    code = "preset_unknown"


class MappingUnreadable(ListUnreadable):
    """A mapping file breaks its own format."""

    code = "mapping_unreadable"
