"""`./dev reset`: remove what `./dev run` keeps."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from config.devtool.environment import VAR
from config.devtool.processes import end_left_over
from config.embedded import Postgres, Valkey, try_lock
from config.shelter import NAME, SHELTERS, ServerError, postgres_place


def reset(_arguments: Sequence[str]) -> int:
    """Remove the data under var/ and PostgreSQL's shelter; refuse while anything uses them."""
    if not VAR.exists():
        return 0
    with (VAR / "users.lock").open("a") as users:
        if not try_lock(users):
            raise ServerError("职工学堂正在运行，请先在那个窗口按 Ctrl-C，再运行 ./dev reset。")
        end_left_over(VAR)
        for server in (Postgres(*postgres_place(VAR)), Valkey(VAR / "valkey")):
            if server.is_running():
                server.stop()
        remove(VAR)
    return 0


def remove(var: Path) -> None:
    """Remove a var directory and the shelter it names."""
    pointer = var / "postgres.path"
    places = [var]
    if pointer.exists():
        shelter = Path(pointer.read_text(encoding="utf-8").strip())
        if shelter.parent != SHELTERS or not shelter.name.startswith(f"{NAME}-"):
            raise ServerError(f"{pointer} 里写的目录 {shelter} 不是 ./dev 建的，请自己检查。")
        places.insert(0, shelter)
    for place in places:
        if place.exists():
            shutil.rmtree(place)
            print(f"已删除 / removed {place}")
