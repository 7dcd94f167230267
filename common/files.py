"""Giving out a file with personal data in it: whatever it is, the browser shows it as a dead picture or saves it."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = ("image/jpeg", "image/png")


def file_response(content: bytes, *, content_type: str, name: str) -> HttpResponse:
    """Pictures are shown, all else is saved; nothing in the file can run, and no cache keeps it."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(content_type not in SHOWN, name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
