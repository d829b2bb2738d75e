"""Tables of procedures. What a person sent is sealed under the key of its dossier."""

from __future__ import annotations

from liff_app.procedures.models.beside import (
    Participation,
    RememberedAnswer,
    SubmissionEvent,
    SubmissionMark,
    SubmissionRead,
    SubmissionReturn,
)
from liff_app.procedures.models.forms import (
    FormBench,
    HookCall,
    NumberSeries,
    PageCount,
    PostalCode,
    Procedure,
    ProcedureHook,
    ProcedureTemplate,
    ProcedureVersion,
    SurveyCount,
)
from liff_app.procedures.models.papers import (
    Dossier,
    ProcedureDraft,
    SealedFile,
    Submission,
    SubmissionRevision,
)

__all__ = [
    "Dossier",
    "FormBench",
    "HookCall",
    "NumberSeries",
    "PageCount",
    "Participation",
    "PostalCode",
    "Procedure",
    "ProcedureDraft",
    "ProcedureHook",
    "ProcedureTemplate",
    "ProcedureVersion",
    "RememberedAnswer",
    "SealedFile",
    "Submission",
    "SubmissionEvent",
    "SubmissionMark",
    "SubmissionRead",
    "SubmissionReturn",
    "SubmissionRevision",
    "SurveyCount",
]
