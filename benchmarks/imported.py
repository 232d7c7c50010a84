"""An import as its user runs it: a generated file of a city's requests, through the command line, into a store in a file."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
SEED = 20170101
TIME = "%m/%d/%Y %I:%M:%S %p"
CATEGORIES = {"Bulky Items": "BOS", "Graffiti Removal": "OCB", "Single Streetlight Issue": "BSL"}
STATUSES = ("Closed", "Closed", "Closed", "Closed", "Cancelled", "Open")


def requests(count: int) -> Iterator[dict[str, str]]:
    """Give plausible rows in the form of the example mapping, the same for the same count."""
    random = Random(SEED)
    for number in range(count):
        created = datetime(2017, 3, 1) + timedelta(minutes=random.randrange(60 * 24 * 200))
        closed = created + timedelta(minutes=60 + int(random.expovariate(1 / (60 * 24 * 5))))
        kind = random.choice(list(CATEGORIES))
        status = random.choice(STATUSES)
        yield {
            "SRNumber": f"B-{number:08}",
            "CreatedDate": created.strftime(TIME),
            "UpdatedDate": closed.strftime(TIME),
            "Owner": CATEGORIES[kind],
            "RequestType": kind,
            "Status": status,
            "RequestSource": random.choice(["Call", "Mobile App", "Email"]),
            "Anonymous": random.choice("YNNN"),
            "ClosedDate": "" if status == "Open" else closed.strftime(TIME),
            "Address": f"{random.randrange(1, 9999)} EXAMPLE AVE",
            "CD": str(random.randrange(1, 16)),
        }


def import_once(folder: Path, count: int) -> str:
    """Import a generated file of so many rows at full durability; give the line that reports it."""
    file = folder / "requests.csv"
    rows = list(requests(count))
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    mapping = ROOT / "examples" / "la311.toml"
    store = f"sqlite:///{folder / 'imported.sqlite'}"
    command = [sys.executable, "-m", "casesys", "import", str(file), "--mapping", str(mapping)]
    done = subprocess.run([*command, "--store", store, "--json"], capture_output=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return (
        f"import of {told['rows']:,} rows: {told['events']:,} events in {told['seconds']:.1f} s, "
        f"{told['events_per_second']:,} events/s, {told['rows_per_second']:,} rows/s"
    )
