"""The documented format is the format: the page's mapping imports the page's file."""

import re
import shutil
from pathlib import Path

from casesys.domain.vocabulary import Stage
from casesys.importing.problems import FAILURES, ROWS
from casesys.importing.reading import read_project
from casesys.importing.running import import_rows
from casesys.importing.table import look_through
from casesys.projections.counting import of_log
from tests.importing.city import EXAMPLES, NOW, OPERATOR, founded

PAGE = (EXAMPLES.parent / "docs" / "import-mapping.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The page's fenced block in a language."""
    found = re.search(f"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_documented_mapping_imports_the_documented_file(tmp_path: Path) -> None:
    """Given the file and the mapping of the page, when the one is imported by the other, then each row became what the page says."""
    (tmp_path / "small.csv").write_text(block("csv"), encoding="utf-8")
    (tmp_path / "small.toml").write_text(block("toml"), encoding="utf-8")
    shutil.copy(EXAMPLES / "la311-charter.toml", tmp_path)
    project, service = read_project(tmp_path / "small.toml"), founded()
    needed = frozenset(project.mapping.columns())
    table = look_through(tmp_path / "small.csv", project.mapping.file, needed)

    outcome = import_rows(
        service,
        project,
        table.rows(),
        actor=OPERATOR,
        now=NOW,
        tell_refused=lambda _: None,
        tell_progress=lambda _: None,
    )

    assert (outcome.imported, outcome.refused) == (3, 0)
    figures = of_log(service.engine.log).figures
    assert figures.stages == {Stage.CLOSED: 2, Stage.COLLECTION: 1}
    assert figures.results == {"resolved": 1, "withdrawn": 1}


def test_every_code_that_refuses_a_row_is_documented() -> None:
    """Given the codes that refuse a row, then the page explains each, but for one that only a changed mapping can bring about."""
    assert {code for code in ROWS if f"`{code}`" not in PAGE} == {"command-id-reused"}


def test_every_code_that_stops_an_import_begins_as_documented() -> None:
    """Given the codes that stop an import, then each begins as the page says."""
    kinds = ("mapping-", "file-", "charter-", "calendar-", "document-")

    assert [code for code in FAILURES if not code.startswith(kinds)] == []
