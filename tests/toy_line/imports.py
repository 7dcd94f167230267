from exchange.importing import Store
from exchange.importing.rows import CREATED
from exchange.kinds import Column, FileKind, InstitutionOf, register
from exchange.types import Text
from learning_centers.services.organizations import OrganizationDraft, register_organizations


class MakersStore(Store):
    def plan(self, rows):
        for row in rows:
            row.institution_id = self.desk.institution.pk
            row.outcome = CREATED

    def write(self, rows, entry, institution):
        register_organizations(institution, [OrganizationDraft(name=row["maker"]) for row in rows], entry=entry)


register(
    FileKind(
        name="toy_makers",
        title="Makers of toys",
        columns=(Column("maker", "Maker", Text(50), ("玩具厂家",), required=True),),
        key=("maker",),
        duplicates_on="maker",
        store=MakersStore,
        institution_of=InstitutionOf.FILE,
    )
)
