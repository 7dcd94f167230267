"""What people read for a verb of the trail, of a right or of a job: the code stays for machines and for search.

Each app registers its verbs in `verbs.py`. A verb that gets another name keeps the former ones: `migrate` renames them in the
roles that hold them, and what was sealed under a former name is read in the same words.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.registry import Registry


@dataclass(frozen=True)
class Verb:
    """`name` is `app.verb`; `label` says in words what is done; `formerly` are names that it had."""

    name: str
    label: Promise
    formerly: tuple[str, ...] = ()


VERBS: Registry[Verb] = Registry("verb")


def verb_label(name: str) -> Any:
    """The verb in words; a verb that nobody has put in words is shown as it is."""
    verb = VERBS.get(name)
    return verb.label if verb else name


VERBS.register(
    Verb("common.keep_heads", _("keep the heads of the audit trail outside")),
    Verb("common.seal_again", _("seal recordings anew after a migration")),
    Verb("common.view_trail", _("read the audit trail")),
)
