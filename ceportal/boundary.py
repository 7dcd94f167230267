"""What is turned away at the door: a NUL in a text, which PostgreSQL cannot store and nobody types, uploads without end, and
parameters that a page does not declare."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError

from common.parameters import undeclared

NUL = "\0"
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}

LARGEST_FILE, LARGEST_UPLOAD = 32 * 1024 * 1024, 100 * 1024 * 1024
"""Bytes; above what any page takes, so that pages refuse in their own words and this is only for the malicious."""


class LimitedUpload(FileUploadHandler):
    """Stands before the handlers that keep the bytes, and stops an upload that is too large while it comes in."""

    def handle_raw_input(self, *said: Any) -> None:
        _input, _meta, content_length, *_rest = said
        if content_length > LARGEST_UPLOAD:
            raise RequestDataTooBig("an upload without end")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > LARGEST_FILE:
            raise RequestDataTooBig("a file without end")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class NoNulMiddleware:
    """Answers 400 where the address, a cookie or a text field of a form holds a NUL; files are not looked into."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or _holds_nul([query, request.path_info, *request.COOKIES.values(), *_fields(request)]):
            raise BadRequest("a NUL in a text")
        return self.get_response(request)


class DeclaredParametersMiddleware:
    """Answers 400 where the address holds a parameter that its page does not declare (`common.parameters`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_given: Any) -> None:
        if undeclared(view, request):
            raise BadRequest("a parameter that the page does not take")


def _fields(request: HttpRequest) -> Iterable[str]:
    if request.method != "POST" or request.content_type not in FORMS:
        return
    try:
        form: QueryDict = request.POST
    except UnreadablePostError as error:
        raise BadRequest("a form that was cut off") from error
    for name, values in form.lists():
        yield name
        yield from map(str, values)


def _holds_nul(texts: Iterable[str]) -> bool:
    return any(NUL in text for text in texts)
