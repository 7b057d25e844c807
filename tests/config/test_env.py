"""Odd values stop the start with one sentence; right ones are read as what they mean."""

import base64
from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

KEY = base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    ("reader", "value", "sentence"),
    [
        (lambda: env.text("X"), "", "没有设置"),
        (lambda: env.flag("X", default=False), "yes", "只能是 0 或 1"),
        (
            lambda: env.choice("X", {"console", "file"}, "console"),
            "pigeon",
            "只能是 console、file 之一，现在是“pigeon”",
        ),
        (lambda: env.field_keys("X"), "k1:@@", "不是 base64"),
        (lambda: env.field_keys("X"), "k1:AAAA", "32 字节"),
        (lambda: env.field_keys("X"), f":{KEY}", "32 字节"),
        (lambda: env.database("X"), "mysql://h/d", "应以 postgresql:// 开头"),
        (lambda: env.database("X"), "postgresql://h:port/d", "端口应是"),
        (lambda: env.networks("X"), "10.0.0.1, proxy", "“proxy”不是 IP 地址或网段"),
        (lambda: env.networks("X"), "10.0.0.1/8", "“10.0.0.1/8”不是 IP 地址或网段"),
        (lambda: env.whole("X", 15), "0", "大于 0 的整数"),
        (lambda: env.whole("X", 15), "soon", "现在是“soon”"),
    ],
)
def test_an_odd_value_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, reader: Callable[[], object], value: str, sentence: str
) -> None:
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured, match=sentence):
        reader()


def test_field_keys_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", f"new:{KEY}, old:{KEY}")

    assert list(env.field_keys("X").items()) == [("new", b"k" * 32), ("old", b"k" * 32)]


def test_proxies_are_networks_and_none_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "10.0.0.7, 2001:db8::/32")

    assert [str(network) for network in env.networks("X")] == ["10.0.0.7/32", "2001:db8::/32"]
    assert env.networks("NOT_SET") == []


def test_a_database_address_may_name_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgresql://u:p%40w@/name?host=/run/sock")

    found = env.database("X")

    assert (found["USER"], found["PASSWORD"], found["HOST"], found["NAME"]) == ("u", "p@w", "/run/sock", "name")


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("192.168.1.9", True),
        ("8.8.8.8", False),
        ("a.cn", False),
    ],
)
def test_a_demonstration_stays_on_local_names(host: str, local: bool) -> None:  # noqa: FBT001 -- the expectation
    assert env.is_local_name(host) is local
