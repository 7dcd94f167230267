"""What no text of ours may hold is turned away at the door: PostgreSQL stores no NUL, and nobody types one."""

from collections.abc import Callable, Iterable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError

NUL = "\0"
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


class NoNulMiddleware:
    """Answers 400 where the address, a cookie or a text field of a form holds a NUL; files are not looked into."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or _holds_nul([query, request.path_info, *request.COOKIES.values(), *_fields(request)]):
            raise BadRequest("a NUL in a text")
        return self.get_response(request)


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
