"""Typed reading of the environment. A missing or odd value stops the start with one sentence."""

import base64
import binascii
import ipaddress
import os
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FIELD_KEY_BYTES = 32


def text(name: str, default: str | None = None) -> str:
    """Return the variable's text; without a default it must be there and not be empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        message = f"环境变量 {name} 没有设置。含义和例子见 .env.example。"
        raise ImproperlyConfigured(message)
    return default


def flag(name: str, *, default: bool) -> bool:
    """Return True for 1 and False for 0; anything else stops the start."""
    value = text(name, "1" if default else "0")
    if value not in {"0", "1"}:
        message = f"环境变量 {name} 只能是 0 或 1，现在是“{value}”。"
        raise ImproperlyConfigured(message)
    return value == "1"


def choice(name: str, known: set[str], default: str) -> str:
    """Return one of the known words."""
    value = text(name, default)
    if value not in known:
        message = f"环境变量 {name} 只能是 {'、'.join(sorted(known))} 之一，现在是“{value}”。"
        raise ImproperlyConfigured(message)
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated words of a variable, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the networks of comma-separated addresses (10.0.0.7) and networks (10.0.0.0/8)."""
    found = []
    for word in words(name):
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError as error:
            message = f"环境变量 {name} 里的“{word}”不是 IP 地址或网段，例如 10.0.0.7 或 10.0.0.0/8。"
            raise ImproperlyConfigured(message) from error
    return found


def whole(name: str, default: int) -> int:
    """Return a whole number from 1 on."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal() and int(value)):
        message = f"环境变量 {name} 应是大于 0 的整数，现在是“{value}”。"
        raise ImproperlyConfigured(message)
    return int(value)


def field_keys(name: str) -> dict[str, bytes]:
    """Return encryption keys by id from `id:base64,…`; the first one encrypts, all of them decrypt."""
    keys: dict[str, bytes] = {}
    for entry in text(name).split(","):
        key_id, _, encoded = entry.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            message = f"环境变量 {name} 的密钥“{key_id}”不是 base64。"
            raise ImproperlyConfigured(message) from error
        if len(key) != FIELD_KEY_BYTES or not key_id:
            message = f"环境变量 {name} 的每个密钥应为“编号:base64”，解码后 {FIELD_KEY_BYTES} 字节。"
            raise ImproperlyConfigured(message)
        keys[key_id] = key
    return keys


def database(name: str) -> dict[str, object]:
    """Return Django's database settings from a `postgresql://user:password@host:port/name` address.

    A socket directory may be given as `?host=/dir`.
    """
    url = urlsplit(text(name))
    if url.scheme not in {"postgres", "postgresql"}:
        message = f"环境变量 {name} 应以 postgresql:// 开头。"
        raise ImproperlyConfigured(message)
    try:
        port = str(url.port or "")
    except ValueError as error:
        message = f"环境变量 {name} 里的端口应是 1 到 65535 的整数。"
        raise ImproperlyConfigured(message) from error
    query = dict(part.partition("=")[::2] for part in url.query.split("&") if part)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(query.get("host", url.hostname or "")),
        "PORT": port,
    }


def is_local_name(host: str) -> bool:
    """Tell whether a host name can only mean this machine or a private network."""
    if host in {"localhost", "testserver"}:
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_private
