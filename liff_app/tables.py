"""Every table of the product in one metadata, for migrations and for the tests of the whole."""

from __future__ import annotations

from liff_app import health, idempotency
from liff_app.audit import models as audit
from liff_app.db import Base
from liff_app.identity import models as identity
from liff_app.messaging import models as messaging
from liff_app.photos import models as photos
from liff_app.procedures import models as procedures
from liff_app.reports import models as reports
from liff_app.shelters import models as shelters
from liff_app.shelters.checkin import models as checkin
from liff_app.shelters.disasters import models as disasters
from liff_app.shelters.imports import models as imports
from liff_app.shelters.passes import models as passes
from liff_app.staff import key_models
from liff_app.staff import models as staff
from liff_app.towns import models as towns

MODULES = (
    audit,
    health,
    idempotency,
    identity,
    key_models,
    staff,
    shelters,
    towns,
    messaging,
    disasters,
    imports,
    passes,
    checkin,
    photos,
    reports,
    procedures,
)

metadata = Base.metadata
