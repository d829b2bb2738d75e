"""The program that looks into documents: started by `pdf.py`, one for each web process."""

from __future__ import annotations

from liff_app import frames, limited_program
from liff_app.procedures.files import pdf_reading

CPU_SECONDS = 3  # an honest document of 10 MB and 50 pages needs 0.3 s


def main() -> None:
    """Look into documents until the web process is gone."""
    limited_program.serve(answer, cpu_seconds=CPU_SECONDS)


def answer(_order: frames.Header, body: bytes) -> tuple[frames.Header, tuple[bytes, ...]]:
    """How many pages the document has, or why it is not taken."""
    try:
        return {"pages": pdf_reading.pages_of(body)}, ()
    except pdf_reading.Refused as error:
        return {"refused": error.refusal.value}, ()
