"""A community whose log has a notary, its bundles, and both readers of leaves that verify them."""

import io
import zipfile
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.evidence import leaf, leaf_form
from casesys.notary.bundling import bundle
from casesys.notary.keys import CheckpointKey
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.notary.sealing import seal
from tests.community import Community, founded

Parts = dict[str, bytes]

READERS = (leaf.read_leaf, leaf_form.read_leaf)
"""Of leaves: either must find the same."""


class Proved:
    """A community whose log has a notary."""

    def __init__(self) -> None:
        """Found it, and collect two cases."""
        self.community: Community = founded()
        self.case = self.community.collect()
        self.cases = [self.case, self.community.collect()]
        self.community.do(self.case, "accept-case", "grid_lead")
        log = self.community.log
        private = Ed25519PrivateKey.from_private_bytes(bytes(32))
        self.signer = CheckpointKey(f"casesys/{log.log_id}", private)
        self.ledger = Ledger.in_memory(log.log_id)
        self.notary = Notary(log, self.ledger, lambda: [self.signer])

    def seal(self) -> bool:
        """Seal the log."""
        community = self.community
        return seal(self.notary, community.log, community.service.give, community.now)

    def bundle(self, case: str, note: str | None = None) -> bytes:
        """Give a bundle as of a checkpoint, the present one by default."""
        note = note or self.notary.checkpoint()
        return b"".join(bundle(self.community.log, self.notary, case, note))


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Put files into an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()
