import json
import logging
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from messaging import channels
from messaging.channels import Backend, Kept, Outcome, Result
from messaging.models import Channel
from tests.conftest import NOW
from tests.messaging.factories import MessageFactory
from tests.messaging.gateways import Scripted

NUMBER = "+8619900001234"
SENT = Outcome(Result.SENT)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("明天上课：消防", "明天上课：消防"),
        ("一\r\n二\t三", "一 二 三"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("王\u202e小\u200b明\ufeff", "王小明"),
        ("【某银行】请转账", "[某银行]请转账"),
        ("%0d%0aBcc: x", "%0d%0aBcc: x"),
        ("", ""),
    ],
)
def test_text_goes_out_as_one_clean_line(text: str, cleaned: str) -> None:
    assert channels.clean(text) == cleaned


def test_a_code_is_sent_at_once(sent: list[Kept]) -> None:
    assert channels.send_code(number=NUMBER, text="验证码 123456\n【假】") == SENT

    assert [(sms.number, sms.text) for sms in sent] == [(NUMBER, "验证码 123456 [假]")]


def test_each_code_has_a_key_of_its_own(sent: list[Kept]) -> None:
    channels.send_code(number=NUMBER, text="123456")
    channels.send_code(number=NUMBER, text="123456")

    assert len({sms.key for sms in sent}) == 2


def test_the_console_masks_the_number(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.SMS_BACKEND = "console"

    with caplog.at_level(logging.INFO, logger="messaging.channels"):
        assert channels.send_code(number=NUMBER, text="你好") == SENT

    [line] = caplog.messages
    assert line.startswith("sms to +86199****1234 [code:")
    assert line.endswith("] 你好")


def test_the_file_gets_one_private_line_of_json_each(settings: Settings, tmp_path: Path) -> None:
    settings.SMS_BACKEND = "file"
    settings.VAR_DIR = tmp_path / "var"

    channels.send_code(number=NUMBER, text="一")
    channels.send_code(number=NUMBER, text="二")

    log = tmp_path / "var" / "sms.log"
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [set(line) for line in lines] == [{"at", "number", "text", "key"}] * 2
    assert [(line["at"], line["number"], line["text"]) for line in lines] == [
        (NOW.isoformat(), NUMBER, "一"),
        (NOW.isoformat(), NUMBER, "二"),
    ]
    assert log.stat().st_mode & 0o777 == 0o600


def test_the_console_shows_neither_number_nor_code(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.SMS_BACKEND = "console"

    with caplog.at_level("INFO", logger="messaging.channels"):
        channels.send_code(number=NUMBER, text="验证码 123456，10 分钟内有效。")

    assert NUMBER[3:] not in caplog.text
    assert "验证码 ******，10 分钟内有效。" in caplog.text


@pytest.mark.parametrize(
    ("number", "calls", "result"),
    [("+8619900001234", 0, Result.PERMANENT), ("+8619800001234", 1, Result.SENT), ("+8619901001234", 1, Result.SENT)],
)
def test_a_gateway_that_reaches_telephones_never_sees_a_demonstration_number(
    gateway: Scripted, monkeypatch: pytest.MonkeyPatch, number: str, calls: int, result: Result
) -> None:
    monkeypatch.setitem(channels.BACKENDS, "scripted", Backend(gateway, reaches_telephones=True))

    outcome = channels.send_code(number=number, text="你好")

    assert outcome.result == result
    assert len(gateway.keys) == calls


@pytest.mark.django_db
def test_somebody_without_a_number_cannot_be_reached_by_sms(gateway: Scripted) -> None:
    message = MessageFactory(person=User.objects.create(name="无号码", created_at=NOW))

    outcome = channels.carry(message=message, channel=Channel.SMS, key="k")

    assert outcome == Outcome(Result.PERMANENT, reason="没有手机号")
    assert gateway.keys == []
