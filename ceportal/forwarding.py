"""What a request says of the one who asks, and of how it came, counts only from the proxies that `TRUST_PROXY` names."""

import ipaddress
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

CLIENT, SCHEME = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
NEVER_BELIEVED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_REAL_IP")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(names: Iterable[str]) -> list[Network]:
    """Addresses and networks as they are written in a setting; raises ImproperlyConfigured."""
    try:
        return [ipaddress.ip_network(name.strip()) for name in names if name.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TRUST_PROXY names the addresses of the proxies before this, such as 127.0.0.1: {error}"
        ) from error


class ForwardedMiddleware:
    """Puts the client's address in the place of the proxy's, and takes away what others forward."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.pop(CLIENT, "")
        if _is_proxy(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = _client(said) or request.META["REMOTE_ADDR"]
        else:
            request.META.pop(SCHEME, None)
        for name in NEVER_BELIEVED:
            request.META.pop(name, None)
        return self.get_response(request)


def _client(said: str) -> str:
    """The last address of the list that is none of our proxies: what stands before it may have been made up."""
    addresses = [one.strip() for one in said.split(",")]
    return next((one for one in reversed(addresses) if _is_address(one) and not _is_proxy(one)), "")


def _is_proxy(address: str) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in one for one in settings.TRUSTED_PROXIES)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
