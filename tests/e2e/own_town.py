"""A town of a module's own: reports are limited by resident, in all files of a town together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .conftest import chromium
from .servers import Town, running_town


@pytest.fixture(scope="module")
def demo_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """まど市, nobody's but this module's."""
    chromium()
    with running_town(tmp_path_factory.mktemp("own")) as town:
        town.run("demo", "load")
        yield town
