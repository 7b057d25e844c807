"""The roster's page: pasted or uploaded, wrong rows come back to be corrected, nothing else is kept."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import MembershipRole
from bookings.models import Booking, RosterEntry
from enrollment.models import Enrollment
from tests.bookings.factories import booker_of, confirmed, order
from tests.factories import ClassRunFactory, CourseFactory, UserFactory
from tests.portal.pages import signed_in, words_of
from tests.workbooks import Cell, xlsx

pytestmark = pytest.mark.django_db

IDENTITY = "310112199001011234"


@pytest.fixture
def booking() -> Booking:
    course = CourseFactory(max_size=60)
    return confirmed(ClassRunFactory(course=course, capacity=35), wishes=order(course))


@pytest.fixture
def contact(booking: Booking) -> Client:
    return signed_in(booking.contact)


def address(booking: Booking) -> str:
    return f"/enterprise/bookings/{booking.public_id}/roster/"


def test_good_rows_go_in_and_wrong_ones_come_back(booking: Booking, contact: Client) -> None:
    answer = contact.post(address(booking), {"people": "张三\t19900001234\n李四\t1990000\n王五\t1.38E+10"})
    shown = words_of(answer)
    assert "共 3 行，2 行没有录入" in shown
    assert "2 李四 1990000 手机号不对" in shown
    assert "3 王五 1.38E+10 手机号被表格变成了科学计数" in shown
    assert answer.context["form"].initial == {"people": "李四\t1990000\n王五\t1.38E+10"}
    assert [entry.name for entry in RosterEntry.objects.all()] == ["张三"]
    assert "张三 尾号1234" in words_of(contact.get(address(booking)))


def test_an_identity_number_is_stored_nowhere(booking: Booking, contact: Client) -> None:
    answer = contact.post(
        address(booking), {"people": f"姓名\t身份证\t手机\n张三\t{IDENTITY}\t19900001234\n李四\t{IDENTITY}\t1"}
    )
    assert IDENTITY not in answer.content.decode()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{IDENTITY}%"])  # noqa: S608 -- our own table names
            assert cursor.fetchone() == (0,), table


def test_a_workbook_is_read_like_a_paste(booking: Booking, contact: Client, tmp_path: Path) -> None:  # 28
    rows: list[list[Cell]] = [
        ["手机号", "姓名"],
        [19900001234, "张三"],
        ["199 0000 5678", "李四"],
        ["1.38E+10", "王五"],
    ]
    upload = SimpleUploadedFile("名单.xlsx", xlsx(tmp_path / "名单.xlsx", {"名单": rows}).read_bytes())
    shown = words_of(contact.post(address(booking), {"file": upload}))
    assert "共 3 行，1 行没有录入" in shown
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
    answer = contact.post(address(booking), {"people": "<script>alert(1)</script>\t19900001234"})
    assert "<script>alert" not in answer.content.decode()
    assert "<script>alert" not in contact.get(address(booking)).content.decode()


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
