"""A store in one file, used from a program: found it, give a command, read back what was recorded."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from casesys.application.assigning import new_secret
from casesys.bootstrap import create_service, founding
from casesys.domain.messages import Envelope, Text
from casesys.domain.refusals import Refusal
from casesys.domain.register.commands import EstablishGrid
from casesys.settings import store_settings

now = datetime.now(UTC)
heyuan = Text("和苑社区", "Heyuan")
with TemporaryDirectory() as folder:
    settings = store_settings(f"sqlite:///{Path(folder) / 'community.sqlite'}")
    with create_service(settings) as service:
        secret = new_secret()
        service.give(
            *founding(
                secret,
                grid_id="heyuan",
                grid_name=heyuan,
                person_id="wang",
                person_name="王敏",
                at=now,
            )
        )
        east = EstablishGrid(grid_id="east", parent="heyuan", name=Text("东片网格", "East"))
        answer = service.give(east, Envelope(command_id=uuid4(), actor_id="wang", decided_at=now))
        print(f"{answer.events} at position {answer.first}")
        try:
            service.give(east, Envelope(command_id=uuid4(), actor_id="wang", decided_at=now))
        except Refusal as refusal:
            print(refusal.code, refusal.says.zh, refusal.says.en, sep=" | ")
        print(
            [f"{stored.position} {stored.leaf.type}" for stored in service.engine.log.read(0, 100)]
        )
