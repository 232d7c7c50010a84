"""A mapping is refused before any file is opened when no row could pass."""

from pathlib import Path

import pytest

from casesys.importing.problems import ImportFailed
from casesys.importing.reading import read_project
from tests.importing.city import EXAMPLES, MAPPING, write_mapping


def failure(folder: Path, text: str) -> ImportFailed:
    """What is told about a mapping that cannot be used."""
    with pytest.raises(ImportFailed) as failed:
        read_project(write_mapping(folder, text))
    return failed.value


def test_the_example_can_be_read() -> None:
    """Given the mapping that ships as an example, then it is whole, with its charter and calendar."""
    project = read_project(EXAMPLES / "la311.toml")

    assert project.charter.charter.code == "la311"
    assert project.start.isoformat() == "2017-01-01T08:00:00+00:00"
    assert set(project.commands) == set(project.mapping.steps)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('command = "accept-case"', 'command = "acept-case"', "mapping-unknown-command"),
        ('command = "accept-case"', 'command = "remind-of-deadline"', "mapping-unknown-command"),
        ('command = "accept-case"', 'command = "register-person"', "mapping-unknown-command"),
        ('fields = { result = "resolved" }', 'fields = { reslt = "x" }', "mapping-unknown-field"),
        ('fields = { result = "resolved" }', 'fields = { case_id = "x" }', "mapping-unknown-field"),
        ('location = { column = "地址" }', 'grid = "x"', "mapping-unknown-field"),
        ('case_type = "service_request"\n', "", "mapping-missing-field"),
        ('location = { column = "地址" }', "anonymous = 7", "mapping-bad-value"),
        ('result = "resolved"', 'result = "Very Good"', "mapping-bad-value"),
        ('result = "resolved"', 'result = "solved"', "mapping-unknown-code"),
        ('"路灯" = "street_light"', '"路灯" = "lamp"', "mapping-unknown-code"),
        ('"电话" = "telephone"', '"电话" = "phone"', "mapping-unknown-code"),
        ('kind = "service_line"', 'kind = "hotline"', "mapping-unknown-code"),
        ('role = "clerk"', 'role = "mayor"', "mapping-unknown-code"),
        ('role = "clerk"', 'role = "supervisor"', "mapping-role-may-not"),
        ('"撤回" = ["in", "gone"]', '"撤回" = ["in", "go"]', "mapping-unknown-step"),
        ('"撤回" = ["in", "gone"]', '"撤回" = ["gone"]', "mapping-life"),
        ('"撤回" = ["in", "gone"]', '"撤回" = ["in", "in"]', "mapping-life"),
        ('at = "登记时间"\n', "", "mapping-bad-value"),
        ('calendars = ["shipped:calendars/cn-2026.toml"]', "", "calendar-not-named"),
        ("cn-2026", "cn-1926", "document-unreadable"),
        ('"charter.toml"', '"mapping.toml"', "charter-invalid"),
        ('"shipped:calendars/cn-2026.toml"', '"charter.toml"', "calendar-invalid"),
        ("2026-01-01T00:00:00", "2026-01-01", "mapping-malformed"),
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Qingchuan"', "mapping-malformed"),
        ('zone = "Asia/Shanghai"', 'zone = "../../etc/passwd"', "mapping-malformed"),
        ('encoding = "gb18030"', 'encoding = "rot13"', "mapping-malformed"),
        ('delimiter = ";"', 'delimiter = ";;"', "mapping-malformed"),
        ('delimiter = ";"', "delimiter = '\"'", "mapping-malformed"),
        ('number = "编号"', 'numbr = "编号"', "mapping-malformed"),
        ('column = "状态"\n', "", "mapping-malformed"),
        ("[lives]", "[lives", "mapping-syntax"),
    ],
)
def test_what_no_row_could_pass_is_refused(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    """Given a mapping with one mistake, when it is read, then the mistake is told by its code, in both languages."""
    assert before in MAPPING

    failed = failure(tmp_path, MAPPING.replace(before, after, 1))

    assert failed.code == code, failed
    assert failed.says.zh
    assert failed.remedy.en


def test_an_unknown_command_is_told_what_there_is(tmp_path: Path) -> None:
    """Given a mapping that names an unknown command, then the commands that a row may give are listed."""
    failed = failure(tmp_path, MAPPING.replace('"accept-case"', '"acept-case"'))

    assert "accept-case" in failed.accepted
    assert "register-person" not in failed.accepted
    assert "escalate-case" not in failed.accepted


def test_a_step_needs_somebody_when_there_are_several(tmp_path: Path) -> None:
    """Given two people and a step that does not say who takes it, then the mapping is refused until it does."""
    two = MAPPING.replace(
        "[[organisations]]",
        '[people.other]\nid = "other"\nname = "其他"\nrole = "clerk"\n\n[[organisations]]',
        1,
    )

    assert failure(tmp_path, two).code == "mapping-nobody"
    said = two.replace('command = "', 'by = "clerk"\ncommand = "')
    assert read_project(write_mapping(tmp_path, said)).mapping.steps["in"].by == "clerk"


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00", b"x = 1", b"", b"[" * 100_000, b"x = " + b"[" * 100_000, b"#" * (1 << 21)],
    ids=["no text", "no mapping", "empty", "broken", "deep", "huge"],
)
def test_anything_else_is_no_mapping(tmp_path: Path, content: bytes) -> None:
    """Given a file that is something else, when it is read as a mapping, then it is refused by a stable code."""
    path = tmp_path / "mapping.toml"
    path.write_bytes(content)

    with pytest.raises(ImportFailed) as failed:
        read_project(path)

    assert failed.value.code in {"mapping-syntax", "mapping-malformed"}


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Given a path without a file, when it is read as a mapping, then that is told."""
    with pytest.raises(ImportFailed) as failed:
        read_project(tmp_path / "none.toml")

    assert failed.value.code == "mapping-unreadable"
