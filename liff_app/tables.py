"""Every table of the product in one metadata, for migrations and for the tests of the whole."""

from __future__ import annotations

from liff_app import health, idempotency
from liff_app.db import Base
from liff_app.identity import models as identity
from liff_app.shelters import models as shelters
from liff_app.towns import models as towns

MODULES = (health, idempotency, identity, shelters, towns)

metadata = Base.metadata
