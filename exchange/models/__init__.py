from exchange.models.jobs import Job

__all__ = ["Job"]
