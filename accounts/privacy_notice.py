"""The notice on personal data that people agree to at the first sign-in. A changed text needs a new VERSION."""

import hashlib

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

VERSION = "2026-12"


def paragraphs() -> list[tuple[str, str]]:
    """Return heading and text of each paragraph in the reader's language."""
    names = {"organiser": settings.ORGANISER, "site": settings.SITE_NAME}
    return [
        (
            _("谁在处理您的信息"),
            _("%(organiser)s通过“%(site)s”处理您的个人信息，用于职工教育培训的报名和服务。") % names,
        ),
        (
            _("我们收集什么"),
            _("必填：手机号、姓名。选填：职工类型、所在街镇、所在单位。不填选填项，一样可以报名上课。"),
        ),
        (
            _("用来做什么"),
            _("登录和核对身份、安排名额和候补、发送与您报名有关的通知、核对到课情况，以及不含个人身份的统计。"),
        ),
        (_("谁能看到"), _("经办课程的工会工作人员。手机号加密保存，页面上只显示尾号。短信由受托的短信服务商代发。")),
        (
            _("保存多久"),
            _("登录验证码 10 分钟后失效。报名和到课记录按培训档案管理的需要保存，期满后删除或去除身份信息。"),
        ),
        (
            _("您的权利"),
            _("您可以查阅、复制、更正、删除自己的信息，也可以随时撤回同意，请拨打 12351。撤回不影响之前的处理。"),
        ),
    ]


def text_hash() -> str:
    """Return the SHA-256 of the Chinese text, the one that counts."""
    with translation.override("zh-hans"):
        text = "\n".join(f"{heading}\n{body}" for heading, body in paragraphs())
    return hashlib.sha256(text.encode()).hexdigest()
