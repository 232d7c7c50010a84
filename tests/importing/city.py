"""An invented city, 晴川, whose file looks nothing like the one of the example: other columns, delimiter, encoding, times, words.

Its charter is the example's, with working days of its own. `row` writes one row by hand, `plausible` makes many up from a seed.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from casesys.application import Engine, Service
from casesys.application.keeping import KeptStates
from casesys.bootstrap import founding
from casesys.domain.messages import Text
from casesys.importing.outcome import Outcome, RefusedRow
from casesys.importing.reading import Project, read_project
from casesys.importing.running import STATES_KEPT, import_rows
from casesys.importing.table import look_through
from casesys.store.memory import MemoryLog
from casesys.vault import Vault

EXAMPLES = Path(__file__).parents[2] / "examples"

NOW = datetime(2026, 6, 1, tzinfo=UTC)
"""When the tests import."""

OPERATOR = "operator"

COLUMNS = ("编号", "登记时间", "办结时间", "状态", "事由", "街道", "地址", "渠道", "承办")

MAPPING = """
name = "qingchuan"
charter = "charter.toml"
calendars = ["shipped:calendars/cn-2026.toml"]
start = 2026-01-01T00:00:00
as_of = 2026-05-30T00:00:00

[file]
number = "编号"
time_format = "%Y-%m-%d %H:%M"
zone = "Asia/Shanghai"
encoding = "gb18030"
delimiter = ";"
empty = ["-"]

[root]
id = "qingchuan"
kind = "city"
name = { zh = "晴川", en = "Qingchuan" }
operator = { id = "operator", name = "何工" }

[people.clerk]
id = "clerk"
name = "登记员"
role = "clerk"

[[organisations]]
id = "sanitation-office"
kind = "sanitation"
name = { zh = "环卫所", en = "Sanitation Office" }

[[organisations]]
id = "lamp-office"
kind = "street_lighting"
name = { zh = "路灯所", en = "Lamp Office" }

[[organisations]]
id = "hotline"
kind = "service_line"
name = { zh = "热线", en = "Hotline" }

[[grids]]
id = { column = "街道", map = { "东街" = "east", "西街" = "west" } }
kind = "street"
name = { zh = { column = "街道" }, en = { column = "街道", map = { "东街" = "East Street", "西街" = "West Street" } } }

[steps.in]
command = "collect-case"
at = "登记时间"
channel = { column = "渠道", map = { "电话" = "telephone" }, default = "counter" }

[steps.in.fields]
case_type = "service_request"
category = { column = "事由", map = { "路灯" = "street_light", "垃圾" = "bulky_items" }, default = "other" }
title = { first = [{ column = "事由" }, "未写明事由"] }
location = { column = "地址" }

[steps.yes]
command = "accept-case"

[steps.way]
command = "triage-case"

[steps.out]
command = "dispatch-case"

[steps.taken]
command = "accept-assignment"
when = "承办"
on_behalf_of = { column = "承办" }

[steps.done]
command = "close-case"
at = "办结时间"
fields = { result = "resolved" }

[steps.gone]
command = "withdraw-case"
at = "办结时间"

[lives]
column = "状态"
otherwise = ["in", "yes", "way", "out"]

[lives.of]
"办结" = ["in", "yes", "way", "out", "taken", "done"]
"撤回" = ["in", "gone"]
"""


def row(number: str, **cells: str) -> dict[str, str]:
    """One row: a lamp in East Street, reported on 2 March and mended two days later, unless `cells` say otherwise."""
    usual = {
        "编号": number,
        "登记时间": "2026-03-02 09:30",
        "办结时间": "2026-03-04 09:30",
        "状态": "办结",
        "事由": "路灯",
        "街道": "东街",
        "地址": f"东街{number}号",
        "渠道": "电话",
        "承办": "lamp-office",
    }
    return usual | cells


OFFICES = {"路灯": "lamp-office", "垃圾": "sanitation-office"}
"""Who leads what, by the charter's routing; the hotline leads the rest."""


def plausible(seed: int, count: int) -> Iterator[dict[str, str]]:
    """Rows as a city might have them, some of them odd; the same for the same seed."""
    random = Random(seed)  # noqa: S311 - not a secret
    for number in range(1, count + 1):
        begun = datetime(2026, 1, 5) + timedelta(minutes=random.randrange(60 * 24 * 80))  # noqa: DTZ001 - as the file has it
        ended = begun + timedelta(minutes=int(random.expovariate(1 / (60 * 24 * 6))))
        status = random.choices(["办结", "撤回", "在办", "办结"], [80, 5, 10, 5])[0]
        if random.random() < 0.02:
            ended = begun - timedelta(days=1)
        matter = random.choice(["路灯", "垃圾", "噪声", ""])
        yield row(
            f"Q{number:05}",
            登记时间=f"{begun:%Y-%m-%d %H:%M}",
            办结时间="-" if status == "在办" else f"{ended:%Y-%m-%d %H:%M}",
            状态=status,
            事由=matter,
            承办=OFFICES.get(matter, "hotline"),
            街道=random.choice(["东街", "西街", ""]),
            渠道=random.choice(["电话", "来访"]),
        )


def write_file(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    """Write rows as the city's system exports them."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_mapping(folder: Path, text: str = MAPPING) -> Path:
    """Write the mapping with its charter beside it."""
    charter = (EXAMPLES / "la311-charter.toml").read_text(encoding="utf-8")
    (folder / "charter.toml").write_text(
        charter.replace('"workdays-la"', '"workdays"'), encoding="utf-8"
    )
    mapping = folder / "mapping.toml"
    mapping.write_text(text, encoding="utf-8")
    return mapping


def founded() -> Service:
    """A store in memory whose register has been founded for the city, and nothing else."""
    log = MemoryLog(clock=lambda: NOW)
    service = Service(Engine(log, Vault.in_memory(log.log_id), kept=KeptStates(STATES_KEPT)))
    command, envelope = founding(
        "secret",
        grid_id="qingchuan",
        grid_name=Text("晴川", "Qingchuan"),
        person_id=OPERATOR,
        person_name="何工",
        at=NOW,
    )
    service.give(command, envelope)
    return service


class City:
    """The city's file and mapping in a folder, and a store to import into."""

    def __init__(self, folder: Path, mapping: str = MAPPING) -> None:
        """Write the mapping; the file is written by `rows`."""
        self.folder = folder
        self.mapping = write_mapping(folder, mapping)
        self.project: Project = read_project(self.mapping)
        self.service = founded()
        self.refused: list[RefusedRow] = []

    def imports(self, *rows: dict[str, str], service: Service | None = None) -> Outcome:
        """Import rows, in the order given."""
        file = write_file(self.folder / "file.csv", rows)
        needed = frozenset(self.project.mapping.columns())
        table = look_through(file, self.project.mapping.file, needed)
        self.refused = []
        return import_rows(
            service or self.service,
            self.project,
            table.rows(),
            actor=OPERATOR,
            now=NOW,
            tell_refused=self.refused.append,
            tell_progress=lambda _: None,
        )
