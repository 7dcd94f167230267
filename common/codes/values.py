"""Value lists of the import contract as choices for models; how files spell them stands in `spellings`.

ISO 5218 and GB/T 2261.1 number the sexes: 1 male, 2 female (`SEX_CODES`).
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


SEX_CODES = {"1": Sex.MALE, "2": Sex.FEMALE}


class IdType(TextChoices):
    RESIDENT_ID = "resident_id", _("Resident identity card")
    HMT_RESIDENCE = "hmt_residence", _("Residence permit for Hong Kong, Macao and Taiwan residents")
    HM_PERMIT = "hm_permit", _("Mainland travel permit for Hong Kong and Macao residents")
    TW_PERMIT = "tw_permit", _("Mainland travel permit for Taiwan residents")
    PASSPORT = "passport", _("Passport")
    FOREIGN_PERMANENT = "foreign_permanent", _("Foreign permanent resident card")


class LevelPath(TextChoices):
    SEC_TO_JC = "sec_to_jc", _("Senior secondary to junior college")
    JC_TO_BA = "jc_to_ba", _("Junior college to bachelor")
    SEC_TO_BA = "sec_to_ba", _("Senior secondary to bachelor")


class StudyForm(TextChoices):
    CORRESPONDENCE = "correspondence", _("Correspondence")
    SPARE_TIME = "spare_time", _("Spare time")
    FULL_TIME = "full_time", _("Full time")
    ONLINE = "online", _("Online")
    PART_TIME = "part_time", _("Part time")


class PoliticalStatus(TextChoices):
    PARTY_MEMBER = "party_member", _("Party member")
    PROBATIONARY_MEMBER = "probationary_member", _("Probationary party member")
    LEAGUE_MEMBER = "league_member", _("Youth League member")
    OTHER_PARTY = "other_party", _("Member of another party")
    NO_PARTY = "no_party", _("Without party")
    MASSES = "masses", _("Masses")


class CenterKind(TextChoices):
    SCHOOL_DIRECT = "school_direct", _("School itself")
    OFF_CAMPUS = "off_campus", _("Off-campus learning center")


class CenterStatus(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    STOP_INTAKE = "stop_intake", _("Intake stopped")
    REVOKED = "revoked", _("Revoked")


class ChangeType(TextChoices):
    SUSPEND = "suspend", _("Suspension")
    RESUME = "resume", _("Resumption")
    WITHDRAW = "withdraw", _("Withdrawal")
    EXPEL = "expel", _("Expulsion")
    TRANSFER_OUT = "transfer_out", _("Transfer out")
    CHANGE_MAJOR = "change_major", _("Change of major")
    CHANGE_CENTER = "change_center", _("Change of learning center")
    CHANGE_FORM = "change_form", _("Change of study form")
    GRADUATE = "graduate", _("Graduation")
    COMPLETE = "complete", _("Completion")
    DECEASED = "deceased", _("Death")
    CANCEL = "cancel", _("Cancellation of student record")


class Season(TextChoices):
    SPRING = "spring", _("Spring")
    AUTUMN = "autumn", _("Autumn")
