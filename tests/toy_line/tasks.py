from celery import shared_task


@shared_task(name="toy_line.run_down")
def run_down() -> None:
    """Toys stop by themselves."""
