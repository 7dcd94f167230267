from common.notices import NOTICES, NoticeKind

NOTICES.register(NoticeKind("toy_wound_up", "A toy of %(center)s was wound up.", page="portal:check_in_list"))
