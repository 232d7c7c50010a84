"""casesys in the peer rounds: ten steps of one case, each durable before the next.

It is written against the rounds' own `common.py`, found through PYTHONPATH. A step is a full command through the synchronous
façade: authority, charter, lifecycle, sealed note, canonical leaf, Merkle head.

--mode cold      no state is kept between steps: case, people, mandates and grids are read from the log for each. The charter and
                 calendar, immutable documents named by their digests, stay parsed, as the process specification of a workflow
                 peer does
--mode register  what the register says of people and grids is kept, and every append checks that it still holds
--mode kept      cases are kept as well, as the one writing process of a deployment keeps them
"""

from common import (  # type: ignore[import-not-found] # isort: skip - it stands beside the other peers, not here
    NOTE,
    check_pragmas,
    parse_args,
    report,
    timed,
)

import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

# The rounds run this file, not the package; and beside it stands a module named http.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.community import found, inquiry
from casesys.application.keeping import KeptStates
from casesys.bootstrap import create_service
from casesys.settings import StoreSettings
from casesys.store.sqlite import SqliteLog

args = parse_args()
path = Path(args.db)
settings = StoreSettings(path, path.with_name(f"{path.name}.{uuid4().hex}.keys"), None, args.sync)
KEPT = {"cold": KeptStates(0, 0), "register": KeptStates(0), "kept": KeptStates()}
service = create_service(settings, kept=KEPT[args.mode])
assert isinstance(service.engine.log, SqliteLog)
pragmas = service.engine.log.durability()
check_pragmas(args, lambda query: pragmas[query.removeprefix("PRAGMA ")])
found(service)


def lifecycle(_: int) -> None:
    """Take one case from collection to closing."""
    for command, envelope in inquiry(NOTE, datetime.now(UTC)):
        service.give(command, envelope)


measured = timed(args, lifecycle)
service.close()
report(
    args,
    "casesys",
    measured,
    "SELECT count(*) FROM stored_events WHERE originator_id LIKE 'case/%'",
    version=version("casesys"),
)
