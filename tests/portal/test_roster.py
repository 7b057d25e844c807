"""The roster's page: pasted or uploaded, wrong rows wait to be corrected, nothing else is kept."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import MembershipRole
from bookings import moves
from bookings.models import Booking, RosterEntry
from bookings.moves import Action
from enrollment.models import Enrollment
from policy import clock
from policy.models import Draft
from tests import factories
from tests.bookings.factories import booker_of, confirmed, order
from tests.factories import ClassRunFactory, CourseFactory, UserFactory
from tests.portal.pages import signed_in, words_of
from tests.workbooks import Cell, xlsx

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

IDENTITY = "310112199001011234"
REMARK = "这一栏不归我们管"
WRONG = "张三\t19900001234\n李四\t1990000\n王五\t1.38E+10"


@pytest.fixture
def booking() -> Booking:
    course = CourseFactory(max_size=60)
    return confirmed(ClassRunFactory(course=course, capacity=35), wishes=order(course))


@pytest.fixture
def contact(booking: Booking) -> Client:
    return signed_in(booking.contact)


def address(booking: Booking) -> str:
    return f"/enterprise/bookings/{booking.public_id}/roster/"


def send(client: Client, booking: Booking, people: str) -> "Answer":
    return client.post(address(booking), {"people": people}, follow=True)


def waiting(answer: "Answer") -> list[tuple[int, str, str, str]]:
    rows = [one["row"] for one in answer.context["wrong"]]
    return [(row.number, row.name, row.typed, row.verdict.value) for row in rows]


def keys(answer: "Answer") -> list[str]:
    return [one["row"].key for one in answer.context["wrong"]]


def fixed(answer: "Answer", rows: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {"key": keys(answer), "name": [name for name, _phone in rows], "phone": [phone for _name, phone in rows]}


def mend(client: Client, booking: Booking, rows: list[tuple[str, str]], *, strike: Iterable[str] = ()) -> "Answer":
    form = fixed(client.get(address(booking)), rows)
    return client.post(f"{address(booking)}mend/", {**form, "strike": list(strike)}, follow=True)


def said(answer: "Answer") -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_good_rows_go_in_and_wrong_ones_come_back(booking: Booking, contact: Client) -> None:
    answer = send(contact, booking, WRONG)
    assert "共 3 行：录入 1 人，原来就在名单里 0 人，要改 2 行。" in said(answer)
    assert [entry.name for entry in RosterEntry.objects.all()] == ["张三"]
    later = contact.get(address(booking))
    assert "张三 尾号1234" in words_of(later)
    assert waiting(later) == [(2, "李四", "1990000", "wrong_phone"), (3, "王五", "1.38E+10", "scientific")]
    assert ("要改的行 2" in words_of(later), "手机号被表格变成了科学计数" in words_of(later)) == (True, True)
    assert 'value="1.38E+10"' in later.content.decode()


def test_corrected_rows_go_in_and_vanish(booking: Booking, contact: Client) -> None:
    send(contact, booking, WRONG)
    answer = mend(contact, booking, [("李四", "199 0000 5678"), ("王五", "还没问到")])
    assert "共 2 行：录入 1 人，原来就在名单里 0 人，要改 1 行。" in said(answer)
    assert waiting(answer) == [(3, "王五", "还没问到", "wrong_phone")]
    answer = mend(contact, booking, [("王五", "19900009012")])
    assert ([entry.name for entry in RosterEntry.objects.all()], waiting(answer)) == (["张三", "李四", "王五"], [])
    assert Draft.objects.count() == 0


def test_a_row_is_struck_out_or_emptied(booking: Booking, contact: Client) -> None:
    send(contact, booking, f"{WRONG}\n赵六\t12345")
    first, second, _third = keys(contact.get(address(booking)))
    rows = [("李四", "1990000"), ("王五", "1.38E+10"), (" ", "")]
    answer = mend(contact, booking, rows, strike=[first])
    assert "要改 1 行。删去 2 行。" in said(answer)
    assert keys(answer) == [second]


def test_a_list_sent_twice_waits_once(booking: Booking, contact: Client) -> None:
    for _time in range(2):
        answer = send(contact, booking, WRONG)
    assert "共 3 行：录入 0 人，原来就在名单里 1 人，要改 2 行。" in said(answer)
    assert [name for _number, name, _typed, _why in waiting(answer)] == ["李四", "王五"]


def test_a_corrected_form_sent_twice_seats_nobody_twice(booking: Booking, contact: Client) -> None:
    send(contact, booking, WRONG)
    form = fixed(contact.get(address(booking)), [("李四", "19900005678"), ("王五", "1")])
    for _time in range(2):
        answer = contact.post(f"{address(booking)}mend/", form, follow=True)
    assert ([entry.name for entry in RosterEntry.objects.all()], len(waiting(answer))) == (["张三", "李四"], 1)


def test_two_colleagues_mend_the_same_row(booking: Booking, contact: Client) -> None:
    send(contact, booking, WRONG)
    form = fixed(contact.get(address(booking)), [("李四", "1990000"), ("王五", "1.38E+10")])
    colleague = signed_in(booker_of(booking))
    mend(colleague, booking, [("李四", "19900005678"), ("王五", "19900009012")])
    answer = contact.post(f"{address(booking)}mend/", form, follow=True)
    assert [name for _number, name, _typed, _why in waiting(answer)] == ["李四", "王五"]
    assert "名单里已有同名的人" in words_of(answer)
    struck = {**fixed(answer, [("李四", "1990000"), ("王五", "1.38E+10")]), "strike": keys(answer)}
    for _time in range(2):
        answer = contact.post(f"{address(booking)}mend/", struck, follow=True)
    assert (waiting(answer), RosterEntry.objects.count()) == ([], 3)


def test_whoever_may_order_sees_the_wrong_rows_and_nobody_else(booking: Booking, contact: Client) -> None:
    send(contact, booking, WRONG)
    colleague, viewer = signed_in(booker_of(booking)), signed_in(booker_of(booking, MembershipRole.VIEWER))
    assert len(waiting(colleague.get(address(booking)))) == 2
    shown = viewer.get(address(booking))
    assert ("wrong" in shown.context, "1990000" in shown.content.decode()) == (False, False)
    stranger = signed_in(UserFactory())
    assert stranger.post(f"{address(booking)}mend/", {"key": "x", "name": "李四", "phone": "1"}).status_code == 404
    mended = viewer.post(f"{address(booking)}mend/", {"key": "x", "name": "李四", "phone": "19900005678"})
    assert (mended.status_code, RosterEntry.objects.count(), Draft.objects.count()) == (422, 1, 1)


def test_no_phone_stands_readable_in_the_table(booking: Booking, contact: Client) -> None:
    send(contact, booking, "张三\t19900001234\n李四\t19900001234")
    assert waiting(contact.get(address(booking))) == [(2, "李四", "19900001234", "duplicate")]
    assert "19900001234" not in json.dumps(Draft.objects.get().data)


def test_a_phone_that_is_another_persons_is_not_taken_for_the_same(booking: Booking, contact: Client) -> None:
    send(contact, booking, "张三\t19900001234\n李四\t19900001234")
    answer = mend(contact, booking, [("李四", "19900001234")])
    assert waiting(answer) == [(2, "李四", "19900001234", "other_name")]


def test_who_found_no_seat_goes_in_when_there_is_one(contact: Client, booking: Booking) -> None:
    run = booking.class_run
    assert run is not None
    run.capacity = 1
    run.save(update_fields=["capacity"])
    answer = send(contact, booking, "张三\t19900001234\n李四\t19900005678")
    assert waiting(answer) == [(2, "李四", "19900005678", "too_many")]
    run.capacity = 2
    run.save(update_fields=["capacity"])
    answer = send(contact, booking, "李四\t19900005678")
    assert (waiting(answer), RosterEntry.objects.count()) == ([], 2)


def test_a_thousand_wrong_rows_are_mended_a_hundred_at_a_time(booking: Booking, contact: Client) -> None:
    answer = send(contact, booking, "\n".join(f"工友\t{number:06d}" for number in range(1000)))
    assert (len(waiting(answer)), answer.context["wrong_in_all"]) == (100, 1000)
    assert "先列出 100 行，录入后再列出其余 900 行。" in words_of(answer)
    more = contact.post(address(booking), {"people": "新人\t123456"})
    assert (more.status_code, "还有 1000 行没有改好，连同这次的名单超过 1000 行。" in words_of(more)) == (422, True)
    answer = mend(contact, booking, [("", "")] * 100)
    assert answer.context["wrong_in_all"] == 900


def test_rows_that_wait_go_with_the_order(booking: Booking, contact: Client) -> None:
    send(contact, booking, WRONG)
    run = booking.class_run
    assert run is not None
    with clock.frozen_at(run.ends_at):
        assert "wrong" not in contact.get(address(booking)).context
        moves.move(booking_id=booking.pk, action=Action.FINISH, actor=factories.officer(), now=clock.now())
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("written", [IDENTITY, "310112 19900101 1234", "310112-19900101-1234", "310112.19900101.1234"])
def test_an_identity_number_is_stored_nowhere(booking: Booking, contact: Client, written: str) -> None:
    people = (
        f"姓名\t身份证\t手机\t备注\n张三{written}\t{written}\t19900001234\t甲\n李四{written}\t{written}\t1\t{REMARK}"
    )
    answer = send(contact, booking, people)
    assert waiting(answer) == [(3, "李四", "", "no_phone")]
    answer = mend(contact, booking, [("李四", f"12345 {written}")])
    assert (waiting(answer), written in answer.content.decode()) == ([(3, "李四", "12345", "wrong_phone")], False)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for secret in (written, REMARK):
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{secret}%"])  # noqa: S608 -- our own table names
                assert cursor.fetchone() == (0,), (table, secret)


def test_a_workbook_is_read_like_a_paste(booking: Booking, contact: Client, tmp_path: Path) -> None:  # 28
    rows: list[list[Cell]] = [
        ["手机号", "姓名"],
        [19900001234, "张三"],
        ["199 0000 5678", "李四"],
        ["1.38E+10", "王五"],
    ]
    upload = SimpleUploadedFile("名单.xlsx", xlsx(tmp_path / "名单.xlsx", {"名单": rows}).read_bytes())
    answer = contact.post(address(booking), {"file": upload}, follow=True)
    assert waiting(answer) == [(4, "王五", "1.38E+10", "scientific")]
    assert [entry.name for entry in RosterEntry.objects.all()] == ["张三", "李四"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("名单.xlsx", b"PK\x03\x04 not one", "文件不完整或已损坏"),
        ("名单.exe", b"MZ", "不能读取"),
        ("名单.csv", b"", "文件是空的"),
        ("名单.csv", b"   \n", "文件里没有名单"),
        ("名单.csv", b"a" * (2 * 1024 * 1024 + 1), "最大 2 MB"),
    ],
)
def test_an_odd_file_is_refused_with_a_sentence(
    booking: Booking, contact: Client, name: str, content: bytes, sentence: str
) -> None:
    answer = contact.post(address(booking), {"file": SimpleUploadedFile(name, content)})
    assert (answer.status_code, sentence in words_of(answer)) == (422, True)
    assert RosterEntry.objects.count() == 0


def test_nothing_sent_is_said(booking: Booking, contact: Client) -> None:
    answer = contact.post(address(booking), {"people": " \n"})
    assert (answer.status_code, "请粘贴名单，或选择文件" in words_of(answer)) == (422, True)


def test_too_many_rows_keep_what_was_pasted(booking: Booking, contact: Client) -> None:
    pasted = "\n".join(f"工友{number}\t199{number:08d}" for number in range(5000))
    answer = contact.post(address(booking), {"people": pasted})
    assert (answer.status_code, "名单有 5000 行，一次最多 1000 行" in words_of(answer)) == (422, True)
    assert answer.context["form"]["people"].value() == pasted


def test_a_script_for_a_name_is_text(booking: Booking, contact: Client) -> None:  # 40
    script = "<script>alert(1)</script>"
    answer = send(contact, booking, f"{script}\t19900001234\n{script}\t1990000")
    assert (len(waiting(answer)), "<script>alert" in answer.content.decode()) == (1, False)


def test_anothers_roster_is_not_there(booking: Booking) -> None:  # 47
    stranger = signed_in(UserFactory())
    assert stranger.get(address(booking)).status_code == 404
    assert stranger.post(address(booking), {"people": "张三\t19900001234"}).status_code == 404
    assert Enrollment.objects.count() == 0


def test_a_viewer_reads_and_does_not_send(booking: Booking) -> None:
    viewer = signed_in(booker_of(booking, MembershipRole.VIEWER))
    assert "检查并录入" not in words_of(viewer.get(address(booking)))
    assert viewer.post(address(booking), {"people": "张三\t19900001234"}).status_code == 422
    assert Enrollment.objects.count() == 0


def test_the_person_finds_the_class_among_the_own(booking: Booking, contact: Client) -> None:
    person = UserFactory()
    contact.post(address(booking), {"people": f"张三\t{person.phone}"})
    enrollment = Enrollment.objects.get()
    own = signed_in(person)
    assert enrollment.class_run.course.title in words_of(own.get("/my/"))
    assert own.get(f"/my/enrollments/{enrollment.public_id}/").status_code == 200
    own.post(f"/enrollments/{enrollment.public_id}/cancel/")
    enrollment.refresh_from_db()
    assert enrollment.status == "cancelled"
