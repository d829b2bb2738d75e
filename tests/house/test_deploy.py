"""The examples of deploy/ keep what the product promises."""

from __future__ import annotations

from tests.conftest import ROOT


def test_the_servers_in_front_write_no_address_that_is_a_key() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    assert text.count("access_log ") == text.count("error_log ") == 2
    assert text.count("crit;") == 2
    assert "~^/s/   /s/-;" in text
    assert "client_max_body_size 6m;" in text.partition("imports/uploads {")[2].partition("}")[0]
