"""From a row to the commands it tells, and what refuses a row before any of them is given."""

from pathlib import Path

import pytest

from casesys.domain.cases.commands import CloseCase, CollectCase
from casesys.domain.messages import Personal
from casesys.importing.lives import Life, Planner
from casesys.importing.problems import RowRefused
from casesys.importing.reading import read_project
from casesys.importing.values import Row
from tests.importing.city import MAPPING, NOW, row, write_mapping


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    """Plans rows of the invented city."""
    return Planner(read_project(write_mapping(tmp_path_factory.mktemp("city"))), NOW)


def planned(planner: Planner, **cells: str) -> Life:
    """The life of a row."""
    return planner.plan(Row(2, row("Q1", **cells)))


def test_a_row_becomes_the_commands_of_its_life(planner: Planner) -> None:
    """Given a row with a status, when it is planned, then its steps are those of that status, at the times in the row."""
    life = planned(planner)

    assert [step.name for step in life.steps] == ["in", "yes", "way", "out", "taken", "done"]
    instants = [f"{step.envelope.decided_at:%d %H:%M}" for step in life.steps]
    assert instants == ["02 01:30"] * 5 + ["04 01:30"]
    assert {step.envelope.actor_id for step in life.steps} == {"clerk"}


def test_fields_are_filled_and_addresses_are_personal(planner: Planner) -> None:
    """Given a row, when it is planned, then the address is personal data and in no public field."""
    collect = planned(planner).steps[0].command

    assert isinstance(collect, CollectCase)
    assert (collect.case_id, collect.grid, collect.category) == ("Q1", "east", "street_light")
    assert collect.title == "路灯"
    assert collect.location == Personal("东街Q1号")


def test_the_channel_and_the_principal_are_the_rows(planner: Planner) -> None:
    """Given a channel and somebody a step is taken for, then its envelope says so, and the others say `import`."""
    envelopes = {step.name: step.envelope for step in planned(planner).steps}

    assert envelopes["in"].channel == "telephone"
    assert envelopes["yes"].channel == "import"
    assert envelopes["taken"].on_behalf_of == "lamp-office"
    assert envelopes["yes"].on_behalf_of is None


def test_the_same_step_is_the_same_command_wherever_its_row_stands(planner: Planner) -> None:
    """Given one row twice, on other lines and later further on, then the steps it shares have the same ids."""
    earlier = planner.plan(Row(2, row("Q1", 状态="在办")))
    later = planner.plan(Row(9, row("Q1", 事由="垃圾")))

    ids = [step.envelope.command_id for step in later.steps]
    assert [step.envelope.command_id for step in earlier.steps] == ids[:4]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {s.envelope.command_id for s in planner.plan(Row(3, row("Q2"))).steps}


def test_a_step_is_left_out_where_its_cell_is_empty(planner: Planner) -> None:
    """Given a step that depends on a cell, when the cell is empty, then the life goes on without the step."""
    names = [step.name for step in planned(planner, 承办="").steps]

    assert names == ["in", "yes", "way", "out", "done"]


def test_a_condition_may_name_the_values_it_holds_for(tmp_path: Path) -> None:
    """Given a step for some values of a cell only, then rows with another value live without it."""
    only = '{ column = "承办", one_of = ["lamp-office"] }'
    mapping = MAPPING.replace('when = "承办"', f"when = {only}")
    planner = Planner(read_project(write_mapping(tmp_path, mapping)), NOW)

    assert "taken" in {step.name for step in planned(planner).steps}
    assert "taken" not in {step.name for step in planned(planner, 承办="hotline").steps}


def test_the_first_column_with_a_time_counts(tmp_path: Path) -> None:
    """Given several columns for a time, when the first is empty, then the next one counts."""
    mapping = MAPPING.replace('at = "办结时间"', 'at = ["办结时间", "登记时间"]')
    planner = Planner(read_project(write_mapping(tmp_path, mapping)), NOW)

    life = planned(planner, 办结时间="")

    assert isinstance(life.steps[-1].command, CloseCase)
    assert life.steps[-1].envelope.decided_at == life.steps[0].envelope.decided_at


def test_of_a_repeated_hour_the_instant_counts_that_fits(tmp_path: Path) -> None:
    """Given two times in the hour that came twice, then each is the earlier instant, or the later one if only that follows."""
    mapping = MAPPING.replace("Asia/Shanghai", "America/Los_Angeles").replace("2026-01", "2018-01")
    planner = Planner(read_project(write_mapping(tmp_path, mapping)), NOW)

    life = planned(planner, 登记时间="2018-11-04 01:50", 办结时间="2018-11-04 01:10")

    assert [f"{life.steps[i].envelope.decided_at:%H:%M}" for i in (0, -1)] == ["08:50", "09:10"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"编号": ""}, "number-missing"),
        ({"编号": "a number, at length"}, "field-invalid"),
        ({"办结时间": "2026-03-01 09:30"}, "time-out-of-order"),
        ({"办结时间": ""}, "time-missing"),
        ({"办结时间": "4 March"}, "time-unreadable"),
        ({"登记时间": "2025-12-31 23:59"}, "time-before-start"),
        ({"办结时间": "2026-06-01 09:00"}, "time-in-future"),
        ({"街道": "南街"}, "value-unknown"),
        ({"事由": "x" * 201}, "field-invalid"),
        ({"地址": "x" * 20_001}, "field-invalid"),
    ],
)
def test_a_row_that_cannot_be_is_refused(
    planner: Planner, cells: dict[str, str], code: str
) -> None:
    """Given a row with one thing wrong, when it is planned, then it is refused by the code of that."""
    with pytest.raises(RowRefused) as refused:
        planned(planner, **cells)
    assert refused.value.code == code
    assert refused.value.says.zh


def test_a_status_that_the_mapping_does_not_list_refuses_its_row(tmp_path: Path) -> None:
    """Given no life for other values, when a row has one, then it is refused and the value told."""
    mapping = MAPPING.replace('otherwise = ["in", "yes", "way", "out"]\n', "")
    planner = Planner(read_project(write_mapping(tmp_path, mapping)), NOW)

    with pytest.raises(RowRefused) as refused:
        planned(planner, 状态="作废")

    assert refused.value.code == "life-unknown"
    assert "作废" in refused.value.says.en


def test_a_required_field_without_a_value_refuses_its_row(tmp_path: Path) -> None:
    """Given a required field from an empty cell, when the row is planned, then the field is named."""
    mapping = MAPPING.replace(
        'title = { first = [{ column = "事由" }, "未写明事由"] }', 'title = { column = "事由" }'
    )
    planner = Planner(read_project(write_mapping(tmp_path, mapping)), NOW)

    with pytest.raises(RowRefused) as refused:
        planned(planner, 事由="")

    assert refused.value.code == "value-missing"
    assert refused.value.says.en == "there is no value for in.title"


def test_what_is_refused_is_not_repeated(planner: Planner) -> None:
    """Given an address that is too long, when its row is refused, then the reason does not hold it."""
    with pytest.raises(RowRefused) as refused:
        planned(planner, 地址="秘密" * 10_001)

    assert "秘密" not in str(refused.value)
