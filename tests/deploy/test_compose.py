"""docker-compose.yml, Dockerfile and Caddyfile stay in step with the project and with each other."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from config.devtool.run import commands

OF_US = {"migrate", "web", "worker", "beat"}
OF_OTHERS = {"postgres": "postgres:17", "valkey": "valkey/valkey:8", "caddy": "caddy:2"}
# What compose itself needs; no program of ours reads it.
ONLY_COMPOSE = {"POSTGRES_PASSWORD"}
Service = dict[str, Any]


@pytest.fixture(scope="module")
def compose(project_root: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((project_root / "docker-compose.yml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Service]:
    return dict(compose["services"])


@pytest.fixture(scope="module")
def dockerfile(project_root: Path) -> str:
    return (project_root / "deploy" / "Dockerfile").read_text(encoding="utf-8")


def names_in(example: str) -> set[str]:
    """Return the variables that .env.example explains, those for compose alone behind a #."""
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))


def test_the_services_are_ours_from_one_image_and_plain_official_ones(services: dict[str, Service]) -> None:
    assert set(services) == OF_US | set(OF_OTHERS)
    assert {name: services[name]["image"] for name in OF_OTHERS} == OF_OTHERS
    assert {(services[name]["image"], services[name]["build"]["dockerfile"]) for name in OF_US} == {
        ("xuetang", "deploy/Dockerfile")
    }


def test_web_worker_and_beat_start_as_on_a_developers_machine(services: dict[str, Service]) -> None:
    wanted = {name: ["python", *command[1:]] for name, command in commands("0.0.0.0", 8000).items()}  # noqa: S104 -- in a container
    wanted["beat"][wanted["beat"].index("--schedule") + 1] = "/data/beat-schedule"

    assert {name: services[name]["command"] for name in wanted} == wanted
    assert services["beat"]["environment"]["VAR_DIR"] == "/data"


def test_the_image_alone_starts_the_web_server(services: dict[str, Service], dockerfile: str) -> None:
    last = dockerfile.strip().splitlines()[-1]

    assert yaml.safe_load(last.removeprefix("CMD ")) == services["web"]["command"]


def test_nothing_starts_before_what_it_needs(services: dict[str, Service]) -> None:
    healthy, done = {"condition": "service_healthy"}, {"condition": "service_completed_successfully"}

    needs = {"migrate": done, "postgres": healthy, "valkey": healthy}
    assert {name: services[name]["depends_on"] for name in ("web", "worker", "beat")} == dict.fromkeys(
        ("web", "worker", "beat"), needs
    )
    assert services["migrate"]["depends_on"] == {"postgres": healthy}
    assert services["migrate"]["restart"] == "no"
    assert services["caddy"]["depends_on"] == {"web": healthy}


def test_all_that_run_are_asked_whether_they_are_well_and_start_again(services: dict[str, Service]) -> None:
    lasting = set(services) - {"migrate"}

    asked = {name: services[name]["healthcheck"]["test"][0] for name in lasting}
    assert asked == dict.fromkeys(lasting, "CMD")
    assert {services[name]["restart"] for name in lasting} == {"unless-stopped"}


def test_only_the_proxy_can_be_reached_from_outside(compose: dict[str, Any], services: dict[str, Service]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert published == {"caddy": ["80:80", "443:443", "443:443/udp"]}
    assert not [name for name, service in services.items() if service.keys() & {"network_mode", "privileged", "expose"}]
    assert set(compose["networks"]) == {"inside"}


def test_the_proxy_and_nobody_else_is_believed(
    compose: dict[str, Any], services: dict[str, Service], project_root: Path
) -> None:
    caddy = services["caddy"]["networks"]["inside"]["ipv4_address"]
    caddyfile = (project_root / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    web = services["web"]["command"]
    (net,) = compose["networks"]["inside"]["ipam"]["config"]

    assert {services[name]["environment"]["TRUSTED_PROXIES"] for name in OF_US} == {caddy}
    assert (net["subnet"], net["ip_range"]) == (caddy.rsplit(".", 1)[0] + ".0/24", caddy.rsplit(".", 1)[0] + ".128/25")
    assert re.findall(r"^(\S+) \{", caddyfile, re.MULTILINE) == ["{$SITE_URL}"]
    assert re.findall(r"reverse_proxy (\S+)", caddyfile) == [f"web:{web[web.index('--port') + 1]}"]
    assert "trusted_proxies" not in caddyfile


def test_every_variable_is_known_and_no_secret_stands_in_the_file(
    services: dict[str, Service], project_root: Path
) -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (project_root / "config" / "settings.py").read_text("utf-8")))
    text = (project_root / "docker-compose.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))

    given = {name for service in OF_US for name in services[service]["environment"]}
    assert given <= read
    assert asked == {"POSTGRES_PASSWORD", "SITE_URL"}
    assert asked - ONLY_COMPOSE <= read
    assert asked <= names_in((project_root / ".env.example").read_text(encoding="utf-8"))
    assert {services[name]["env_file"] for name in OF_US} == {".env"}
    assert re.findall(r"(?:PASSWORD|SECRET_KEY|FIELD_KEYS): (?!\$\{)", text) == []
    assert re.findall(r"://\w+:(?!\$\{)[^@/\s]*@", text) == []


def test_ours_may_write_nothing_but_their_data(services: dict[str, Service], compose: dict[str, Any]) -> None:
    for name in OF_US:
        service = services[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["volumes"] == ["data:/data"], name
    named = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {volume for volume in named if not volume.startswith(".")} == set(compose["volumes"])
    assert {
        name for name, service in services.items() if "no-new-privileges:true" not in service["security_opt"]
    } == set()


def test_the_image_is_slim_takes_hashed_packages_only_and_runs_as_nobody_special(
    dockerfile: str, project_root: Path
) -> None:
    lock = (project_root / "requirements.lock").read_text(encoding="utf-8")
    python = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    last_stage = dockerfile.rsplit("\nFROM ", 1)[1]
    pinned = re.findall(r"^[\w.\[\]-]+==\S+.*\\\n(?:    --hash=sha256:\w{64}.*\n?)+", lock, re.MULTILINE)

    assert set(bases) == {f"python:{python.removeprefix('>=')}-slim"}
    assert re.findall(r"pip install (.*)", dockerfile) == ["--no-cache-dir --require-hashes -r /requirements.lock"]
    assert len(pinned) == len(re.findall(r"^[\w.\[\]-]+==", lock, re.MULTILINE)) > 20
    assert re.findall(r"^USER (\S+)", last_stage, re.MULTILINE) == ["xuetang"]
    assert last_stage.index("\nUSER ") > last_stage.index("\nRUN useradd")
    assert not re.search(r"https?://|index-url|curl|wget", dockerfile)


def test_the_image_holds_all_apps_and_no_secret_or_data(project_root: Path) -> None:
    lines = (project_root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    own = {app.split(".")[0] for app in settings.INSTALLED_APPS if (project_root / app.split(".")[0]).is_dir()}
    programs = {"manage.py", "deploy/healthy.py", "requirements.lock"}

    assert lines[1] == "*"
    assert let_in >= own | programs | {"locale", "static", "templates", "data"}
    assert not let_in & {".env", ".git", "var", "tests", "bench", ".venv"}
