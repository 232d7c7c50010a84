"""What is long is sent as it is made, and a reader who takes nothing of it is hung up on."""

import socket
from time import sleep
from urllib.parse import urlsplit

import pytest

from casesys.api import sending
from casesys.evidence.bundle import verify_bundle
from tests.api.matrix import populate
from tests.api.town import served

SMALL_BUFFER = 8_192
READER = "grid_lead-grid-1"


def test_a_reader_too_slow_for_a_bundle_is_hung_up_on(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Given a reader who takes nothing of a bundle, they are dropped, which is no fault; another gets the whole of it."""
    monkeypatch.setattr(sending, "SLOW_SECONDS", 0.5)
    with served(tmp_path_factory.mktemp("town"), send_buffer=SMALL_BUFFER) as town:
        populate(town)
        case = town.community.collect(grid="grid-1")
        for number in range(800):
            town.community.do(case, "add-note", "grid_lead", note=f"{number}")
        town.sign()
        address = f"/v1/cases/{case}/bundle"
        whole = town.get(address, READER).content
        assert verify_bundle(whole).events == 801
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
            slow.connect((urlsplit(town.address).hostname, urlsplit(town.address).port))
            authorization = town.headers(READER)["Authorization"]
            request = f"GET {address} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n"
            slow.sendall(request.encode())
            sleep(2.0)
            assert len(received(slow)) < len(whole)
        assert town.get(address, READER).content == whole
    assert caplog.record_tuples == []


def received(reader: socket.socket) -> bytes:
    """Take whatever comes until the connection ends."""
    data = bytearray()
    try:
        while piece := reader.recv(65_536):
            data += piece
    except ConnectionResetError:
        pass
    return bytes(data)
