"""HTTP without TLS: httpx would read all certificates of the machine for every client, a third of the time of these tests."""

import ssl
from typing import Final

PLAIN: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody, so that a test that asks over TLS after all fails."""
