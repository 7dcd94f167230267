from celery import shared_task

from common.sealing import seal_audit_events


@shared_task(name="common.seal_audit_events")
def seal() -> None:
    seal_audit_events()
