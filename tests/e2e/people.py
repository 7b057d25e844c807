"""Who meets on the pages: persons with a window each, and their ways in."""

from dataclasses import dataclass

from playwright.sync_api import Locator

from tests.e2e.windows import Window


@dataclass(frozen=True)
class Person:
    window: Window
    name: str
    phone: str

    @property
    def number(self) -> str:
        return f"+86{self.phone}"


def sign_in(person: Person) -> None:
    """Sign in for the first time: number, code, name, consent."""
    window = person.window
    window.open("/my/")
    give_code(person)
    window.fill(姓名=person.name)
    window.page.get_by_role("checkbox").check()
    window.press("保存并继续")
    assert window.heading() == "我的课程"


def give_code(person: Person) -> None:
    """Ask for a code on the page of the sign-in that is shown, and give it; go on to what was wanted."""
    window = person.window
    window.fill(手机号=person.phone)
    window.press("获取验证码")
    code = window.page.get_by_text("本次验证码").locator("b").inner_text()
    window.fill(短信验证码=code)
    window.press("登录")


def sign_in_at_the_desk(window: Window, phone: str, password: str) -> None:
    window.open("/desk/")
    window.fill(手机号=phone, 密码=password)
    window.press("下一步")
    assert window.heading() == "工作台"


def waits_at_the_desk(window: Window, kind: str, subject: str) -> Locator:
    """Return the row of the desk's list of what waits."""
    window.open("/desk/")
    todo = window.page.get_by_role("region", name="待办")
    return todo.get_by_role("article").filter(has_text=f"{kind}：{subject}")


def take_up(window: Window, kind: str, subject: str) -> None:
    """Open what waits at the desk."""
    window.follow(subject, among=waits_at_the_desk(window, kind, subject))
    assert subject in window.heading()


def read_message(window: Window, title: str) -> str:
    """Open what a message of the inbox leads to; return the message."""
    window.open("/my/messages/")
    message = window.main().get_by_role("article").filter(has=window.page.get_by_role("link", name=title))
    assert message.count() == 1, window.text()
    words = " ".join(message.inner_text().split())
    window.follow(title, among=message)
    return words


def history(window: Window) -> list[str]:
    """Return the steps of the history on a page, each in one line."""
    steps = window.page.get_by_role("region", name="经过").get_by_role("listitem").all_inner_texts()
    return [" ".join(step.split()) for step in steps]
