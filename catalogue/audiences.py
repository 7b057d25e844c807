"""For whom a course is (面向对象), as groups: the menu says it in free words, 545 different ones in 654 courses."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """The groups people look for themselves in. A course may be for several."""

    EVERYBODY = "everybody", _("全体职工")
    FRONTLINE = "frontline", _("一线职工")
    NEW_FORM = "new_form", _("新就业形态")
    OFFICE = "office", _("办公室职员")
    LEADERS = "leaders", _("班组长和管理者")
    UNION = "union", _("工会干部")
    YOUNG = "young", _("青年和新职工")
    WOMEN = "women", _("女职工")
    PARENTS = "parents", _("家长和家庭")
    OLDER = "older", _("临退休职工")


# Which words of the menu speak of which group.
WORDS = {
    Audience.EVERYBODY: "全体|职工及家属|零基础|上班族|久坐|爱好者",
    Audience.FRONTLINE: (
        "一线|(?<![职员])工(?![会程艺作干])|操作|仓管|检验|质检|安全员|护士|护理|护工|保安|保洁"
        "|收银|导购|店员|客服|客房|厨师|司机|运维|倒班|值班|注塑"
    ),
    Audience.NEW_FORM: "骑手|快递|网约|配送|灵活就业|货车司机|主播|新就业|代驾|站长",
    Audience.OFFICE: (
        "白领|办公|文员|文职|文秘|行政|人事|人力|HR|财务|采购|前台|销售|招聘|统计|程序员|设计|资料员|数据|工程师|研发"
    ),
    Audience.LEADERS: "班组长|管理者|主管|主任|负责人|经理|带教|骨干",
    Audience.UNION: "工会|委员|宣传|通讯员|职工代表|调解|劳动争议",
    Audience.YOUNG: "青年|新入职|新职工|实习|租房|毕业|转岗",
    Audience.WOMEN: "(?<!子)女|孕|妈妈|(?<!父)母",
    Audience.PARENTS: "家长|孩子|祖辈|亲子|家庭|子女|家属|父|照护",
    Audience.OLDER: "退休|临退|50岁",
}
PATTERNS = {group: re.compile(words) for group, words in WORDS.items()}


def audiences_of(text: str) -> list[Audience]:
    """Return the groups a course's words about its audience name; without any, it is for everybody."""
    return [group for group, words in PATTERNS.items() if words.search(text)] or [Audience.EVERYBODY]
