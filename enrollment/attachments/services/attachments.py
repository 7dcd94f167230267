"""Scans and photos of an application or a request: checked by content, sealed at rest, opened on the record, erased in time
(docs/rules.md §8)."""

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import require
from common.audit import AuditNote, write_audit
from common.dates import today
from common.errors import DomainError
from common.purposes import purpose
from enrollment.admission.models.applications import ENDED, Application, ApplicationStatus
from enrollment.attachments.models.attachments import Attachment
from enrollment.attachments.scans import ENDINGS, Scan, judge
from enrollment.requests.models.requests import ALIVE, ChangeRequest, RequestParty, RequestStatus
from enrollment.requests.services.request_steps import require_to_take_up
from learning_centers.models import LearningCenter
from learning_centers.rules import rule
from people.models import User
from people.services.limits import Kind, count_disclosures

MOST_FILES = 20
WORK = "work on the matter"
ERASED: dict[str, Any] = {"content": None, "original": None}
Item = Attachment.Item
SCANS = (Item.IDENTITY, Item.PRIOR_DIPLOMA, Item.RESIDENCE)
"""What has served its purpose once the matter is decided; evidence and photo stay with a decision that stands."""
LOST_REQUESTS = (RequestStatus.REJECTED, RequestStatus.WITHDRAWN, RequestStatus.REFUSED)
DECIDED_APPLICATIONS = (ApplicationStatus.REGISTERED, *ENDED)


@dataclass(frozen=True)
class OpenedFile:
    name: str
    content_type: str
    content: bytes


def _owner(attachment: Attachment) -> Application | ChangeRequest:
    owner = attachment.application or attachment.request
    if owner is None:
        raise LookupError(f"attachment {attachment.pk} belongs to nothing")
    return owner


def _is_open(owner: Application | ChangeRequest) -> bool:
    """The matter is still under way, so that its papers are being worked with."""
    if isinstance(owner, Application):
        return owner.status not in DECIDED_APPLICATIONS
    return owner.status in ALIVE


def _require_to_change(owner: Application | ChangeRequest, by: Any) -> None:
    if isinstance(owner, Application):
        require(by, "enrollment.enter_application", owner)
    else:
        require(by, "enrollment.request_change", owner)
        require_to_take_up(owner, by)


def _center(owner: Application | ChangeRequest, by: Any) -> LearningCenter:
    """Where it is handed in: of a request with two sides the side of whoever hands it in."""
    if isinstance(owner, Application):
        return owner.center_offering.center
    sides = RequestParty.objects.filter(request=owner).select_related("center").order_by("side")
    own = sides.visible_to(by, "enrollment.request_change").first()
    return own.center if own else owner.student.current_center


@transaction.atomic
def attach(owner: Application | ChangeRequest, item: str, name: str, content: bytes, *, by: Any) -> Attachment:
    """Keep a scan with an application or a request; a new photo takes the place of the one before.

    Right: `enrollment.enter_application` or `enrollment.request_change`. Raises DomainError with the codes of
    `enrollment.attachments.scans.judge`, `file_too_large`, `photo_too_small`, `photo_not_a_picture`, `too_many_files`,
    `matter_closed`.
    """
    _require_to_change(owner, by)
    owner = type(owner)._base_manager.select_for_update(of=("self",)).get(pk=owner.pk)
    _check_open(owner)
    if owner.attachments.filter(removed_at__isnull=True).count() >= MOST_FILES:
        raise DomainError(_("There are %(count)s files already.") % {"count": MOST_FILES}, code="too_many_files")
    center = _center(owner, by)
    scan = judge_for(center, item, content)
    if item == Item.PHOTO:
        owner.attachments.filter(item=item, removed_at__isnull=True).update(**ERASED, removed_at=timezone.now())
    kept = Attachment.objects.create(
        institution=owner.institution,
        center=center,
        application=owner if isinstance(owner, Application) else None,
        request=owner if isinstance(owner, ChangeRequest) else None,
        item=Item(item),
        name=_honest(name, scan.content_type),
        content_type=scan.content_type,
        size=len(scan.content),
        sha256=hashlib.sha256(scan.content).hexdigest(),
        content=scan.content,
        original=scan.original or None,
        uploaded_by=by,
    )
    note = AuditNote("enrollment.attach", owner, detail=_told(kept))
    write_audit([note], by=by, institution_id=owner.institution_id)
    return kept


def judge_for(center: LearningCenter, item: str, content: bytes) -> Scan:
    """The scan to be kept, by the rules that hold at the centre; the same codes as `attach`."""
    most = _limit("attachment_most_kilobytes", center)
    if len(content) > most * 1024:
        raise DomainError(_("The file has more than %(most)s kB.") % {"most": most}, code="file_too_large")
    scan = judge(content)
    if item == Item.PHOTO:
        width, height = (_limit(f"photo_least_{side}", center) for side in ("width", "height"))
        if not scan.width:
            raise DomainError(_("A photo must be a JPEG or PNG."), code="photo_not_a_picture")
        if scan.width < width or scan.height < height:
            raise DomainError(
                _("The photo has %(has)s pixels; at least %(least)s are needed.")
                % {"has": f"{scan.width} × {scan.height}", "least": f"{width} × {height}"},
                code="photo_too_small",
            )
    return scan


def _limit(name: str, center: LearningCenter) -> Any:
    on, province = today(center.institution), center.province_code
    return rule(name, center.institution, on=on, school_id=center.school_id, province_code=province)


def _honest(name: str, content_type: str) -> str:
    """The last part of the name, short, ending in what it is."""
    stem = PurePath(name.replace("\\", "/")).stem or "file"
    return "".join(one for one in stem if one.isprintable())[:80] + ENDINGS[content_type]


def _told(attachment: Attachment) -> dict[str, Any]:
    """What the trail says of a file: nothing of its name, which may be a person's."""
    return {"file": str(attachment.public_id), "item": str(attachment.item), "bytes": attachment.size}


def _check_open(owner: Application | ChangeRequest) -> None:
    if not _is_open(owner):
        raise DomainError(_("The matter is closed; its papers stay as they are."), code="matter_closed")


def needs_reason(attachment: Attachment) -> bool:
    """While a matter is under way, looking at its papers is the work itself; afterwards a reason is asked."""
    return not _is_open(_owner(attachment))


@transaction.atomic
def open_attachment(attachment: Attachment, *, by: Any, reason: str = "") -> OpenedFile:
    """The file in clear, once the trail knows who looks. Right: `enrollment.open_attachment`.

    Raises DomainError `file_removed`, as `count_disclosures` does, and as `purpose` when the matter is closed (`needs_reason`).
    """
    require(by, "enrollment.open_attachment", attachment)
    if attachment.content is None:
        raise DomainError(_("This file has been erased."), code="file_removed")
    closed = needs_reason(attachment)
    said = purpose(reason, _("Say what you need the document for.")) if closed else reason.strip() or WORK
    count_disclosures(Kind.PAPER, by=by)
    note = AuditNote("enrollment.open_attachment", _owner(attachment), said, _told(attachment))
    write_audit([note], by=by, institution_id=attachment.institution_id)
    return OpenedFile(attachment.name, attachment.content_type, bytes(attachment.content))


@transaction.atomic
def open_original(attachment: Attachment, *, by: Any) -> OpenedFile:
    """The upload as it came, to compare what is kept of it. Right: `enrollment.confirm_copy`; raises DomainError `file_removed`."""
    require(by, "enrollment.confirm_copy", attachment)
    if attachment.original is None:
        raise DomainError(_("This file has been erased."), code="file_removed")
    note = AuditNote("enrollment.open_attachment", _owner(attachment), WORK, _told(attachment) | {"original": True})
    write_audit([note], by=by, institution_id=attachment.institution_id)
    return OpenedFile(attachment.name, attachment.content_type, bytes(attachment.original))


@transaction.atomic
def confirm_copy(attachment: Attachment, *, by: Any) -> None:
    """Somebody has seen that the copy shows what the upload shows: the upload is erased. Right: `enrollment.confirm_copy`."""
    require(by, "enrollment.confirm_copy", attachment)
    if Attachment.objects.filter(pk=attachment.pk, original__isnull=False).update(original=None):
        note = AuditNote("enrollment.confirm_copy", _owner(attachment), detail=_told(attachment))
        write_audit([note], by=by, institution_id=attachment.institution_id)


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: Any) -> None:
    """Take a paper out while its matter is under way; the row stays. Right: as for `attach`; raises `matter_closed`."""
    owner = _owner(attachment)
    _require_to_change(owner, by)
    owner = type(owner)._base_manager.select_for_update(of=("self",)).get(pk=owner.pk)
    _check_open(owner)
    gone = Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True)
    if gone.update(**ERASED, name="", removed_at=timezone.now()):
        note = AuditNote("enrollment.remove_attachment", owner, detail=_told(attachment))
        write_audit([note], by=by, institution_id=owner.institution_id)


@transaction.atomic
def erase_old_scans(now: dt.datetime | None = None) -> int:
    """Erase what has served its purpose since the rule's months: scans of a matter that is decided, and everything of one that led
    to nothing; the rows and their digests stay. Returns how many files were erased; each institution's count is on the trail.
    """
    Attachment.objects.filter(_decided(), original__isnull=False).update(original=None)
    old = Attachment.objects.filter(content__isnull=False)
    centers = LearningCenter.objects.filter(pk__in=old.values("center")).select_related("institution")
    by_institution: Counter[int] = Counter()
    for center in centers:
        kept = dt.timedelta(days=_limit("identity_scans_kept_months", center) * 365 // 12)
        before = (now or timezone.now()) - kept
        here = old.filter(center=center).filter(_over(before))
        by_institution[center.institution_id] += here.update(**ERASED, name="", removed_at=timezone.now())
    for institution_id, count in by_institution.items():
        if count:
            note = AuditNote("enrollment.erase_scans", detail={"files": count})
            write_audit([note], by=User.objects.system(), institution_id=institution_id)
    return by_institution.total()


def _decided() -> Q:
    """Whoever decided has seen the copies."""
    return Q(application__status__in=DECIDED_APPLICATIONS) | Q(request__isnull=False) & ~Q(request__status__in=ALIVE)


def _over(before: dt.datetime) -> Q:
    """Scans of an application or request decided before then, all papers of one that led to nothing by then."""
    application = Q(application__decided_at__lt=before) | Q(application__decided_at=None, uploaded_at__lt=before)
    request = Q(request__decided_at__lt=before) | Q(request__decided_at=None, uploaded_at__lt=before)
    lost = Q(application__status__in=ENDED) & application | Q(request__status__in=LOST_REQUESTS) & request
    served = Q(item__in=SCANS) & (
        Q(application__status__in=DECIDED_APPLICATIONS) & application
        | Q(request__status=RequestStatus.APPROVED) & request
    )
    return lost | served
