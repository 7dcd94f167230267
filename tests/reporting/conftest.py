from tests.exchange.conftest import base_is_imported

__all__ = ["base_is_imported"]
