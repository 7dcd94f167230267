import pytest

from tests.worker import Worker


@pytest.fixture
def worker(transactional_db, tmp_path):
    """A real Celery worker that runs already; `worker.kill()` and `worker.start()` at will."""
    process = Worker(tmp_path / "worker.log")
    process.broker.flushdb()
    yield process.start()
    process.stop()
