"""LINE in a box: login, LIFF SDK script, Messaging API and a phone to look at.

A program beside the product, for demonstrations, tests and staff drills. It imports nothing of
the product; the product meets it over HTTP, through base-URL settings alone.
"""

from liff_app.emulator.app import create_emulator
from liff_app.emulator.config import EmulatorConfig

__all__ = ["EmulatorConfig", "create_emulator"]
