"""The charters and calendars that ship with casesys, as data files. The domain never reads them."""

from importlib.resources import files


def read(name: str) -> bytes:
    """Give the bytes of a file that ships here, for example `stock.toml`."""
    return files(__name__).joinpath(name).read_bytes()
