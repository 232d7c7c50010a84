"""A disk under SQLite that remembers what was done to it, refuses what it is told to, and can lose what was not yet synced.

It stands between the real SQLite and the real files: a VFS that passes everything on to that of the system, but for writing, syncing,
truncating and deleting, which it writes down first. From that, the files can be made as a power cut at any moment may leave them.
"""

import _sqlite3
import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from sqlite3 import (
    SQLITE_FULL,
    SQLITE_IOERR_DELETE,
    SQLITE_IOERR_FSYNC,
    SQLITE_IOERR_TRUNCATE,
    SQLITE_IOERR_WRITE,
    SQLITE_OK,
)
from typing import Any, ClassVar, Literal, NamedTuple

_Pointer, _Int, _Long, _Text = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_char_p
_XOpen = ctypes.CFUNCTYPE(_Int, _Pointer, _Pointer, _Pointer, _Int, ctypes.POINTER(_Int))
_XDelete = ctypes.CFUNCTYPE(_Int, _Pointer, _Text, _Int)
_XWrite = ctypes.CFUNCTYPE(_Int, _Pointer, _Pointer, _Int, _Long)
_XTruncate = ctypes.CFUNCTYPE(_Int, _Pointer, _Long)
_XSync = ctypes.CFUNCTYPE(_Int, _Pointer, _Int)


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, in version 3."""

    _fields_: ClassVar[Sequence[Any]] = [
        ("iVersion", _Int),
        ("szOsFile", _Int),
        ("mxPathname", _Int),
        ("pNext", _Pointer),
        ("zName", _Text),
        ("pAppData", _Pointer),
        ("xOpen", _XOpen),
        ("xDelete", _XDelete),
        ("others", _Pointer * 14),
    ]


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`, in version 3."""

    _fields_: ClassVar[Sequence[Any]] = [
        ("iVersion", _Int),
        ("xClose", _Pointer),
        ("xRead", _Pointer),
        ("xWrite", _XWrite),
        ("xTruncate", _XTruncate),
        ("xSync", _XSync),
        ("others", _Pointer * 13),
    ]


_library = ctypes.CDLL(_sqlite3.__file__)  # and with it the SQLite that Python uses
_library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
_system = _library.sqlite3_vfs_find(None)


class Deed(NamedTuple):
    """What SQLite did to a file, named by its path in the folder.

    It wrote bytes at an offset, cut it to a length (`at`), had it synced, or deleted it (`at` is 1 if that is certain).
    """

    kind: Literal["write", "truncate", "sync", "delete"]
    file: str
    at: int = 0
    data: bytes = b""


Refuse = Callable[[Deed], int]
"""Gives the result code with which the disk refuses something, SQLITE_OK to let it be done."""

Trouble = Literal["EIO", "ENOSPC"]
_CODES: dict[Trouble, dict[str, int]] = {
    "EIO": {
        "write": SQLITE_IOERR_WRITE,
        "truncate": SQLITE_IOERR_TRUNCATE,
        "sync": SQLITE_IOERR_FSYNC,
        "delete": SQLITE_IOERR_DELETE,
    },
    "ENOSPC": {"write": SQLITE_FULL},
}


def nothing(_deed: Deed) -> int:
    """Refuse nothing."""
    return SQLITE_OK


def refusing(trouble: Trouble, after: int, times: int) -> Refuse:
    """Refuse something so many times, by a trouble that it can meet, after so many deeds were done."""
    left, codes = iter(range(after)), _CODES[trouble]
    refusals = iter(range(times))

    def refuse(deed: Deed) -> int:
        if next(left, None) is not None or deed.kind not in codes or next(refusals, None) is None:
            return SQLITE_OK
        return codes[deed.kind]

    return refuse


class Disk:
    """The files in a folder, as SQLite sees them while `disk_under` lasts."""

    def __init__(self, folder: Path) -> None:
        """Remember what is done in a folder."""
        self.deeds: list[Deed] = []
        self.refuse: Refuse = nothing
        self._folder = f"{folder}/"
        self._names: dict[int, str] = {}
        self._methods: dict[int, tuple[_Methods, _Methods]] = {}
        self.vfs = _Vfs.from_buffer_copy(_system.contents)
        self.vfs.zName = b"disk"
        self.vfs.xOpen = _XOpen(self._open)
        self.vfs.xDelete = _XDelete(self._delete)

    def _told(self, deed: Deed) -> int:
        code = self.refuse(deed)
        if code == SQLITE_OK:
            self.deeds.append(deed)
        return code

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: object) -> int:
        code: int = _system.contents.xOpen(_system, name, file, flags, out)
        path = ctypes.string_at(name).decode() if name else ""
        if code == SQLITE_OK and path.startswith(self._folder):
            self._names[file] = self._name(path)
            held = _Pointer.from_address(file)  # a file begins with a pointer to its methods
            assert held.value is not None
            held.value = ctypes.addressof(self._replaced(held.value))
        return code

    def _name(self, path: str) -> str:
        return path.removeprefix(self._folder)

    def _replaced(self, methods: int) -> _Methods:
        """Give the methods of a file with ours among them."""
        if methods not in self._methods:
            system = _Methods.from_address(methods)
            ours = _Methods.from_buffer_copy(system)
            names = self._names

            def write(file: int, data: int, length: int, at: int) -> int:
                deed = Deed("write", names[file], at, ctypes.string_at(data, length))
                return self._told(deed) or system.xWrite(file, data, length, at)

            def truncate(file: int, length: int) -> int:
                deed = Deed("truncate", names[file], length)
                return self._told(deed) or system.xTruncate(file, length)

            def sync(file: int, _flags: int) -> int:
                return self._told(Deed("sync", names[file]))  # it lasts as long as the test

            ours.xWrite, ours.xTruncate = _XWrite(write), _XTruncate(truncate)
            ours.xSync = _XSync(sync)
            self._methods[methods] = (ours, system)
        return self._methods[methods][0]

    def _delete(self, _vfs: int, name: bytes, sync_folder: int) -> int:
        path = name.decode()
        ours = path.startswith(self._folder)
        code = self._told(Deed("delete", self._name(path), sync_folder)) if ours else SQLITE_OK
        return code or _system.contents.xDelete(_system, name, sync_folder)


@contextmanager
def disk_under(folder: Path) -> Iterator[Disk]:
    """Have SQLite use such a disk for what is opened in a folder meanwhile, and closed again."""
    disk = Disk(folder)
    _library.sqlite3_vfs_register(ctypes.byref(disk.vfs), 1)
    try:
        yield disk
    finally:
        _library.sqlite3_vfs_unregister(ctypes.byref(disk.vfs))
        _library.sqlite3_vfs_register(_system, 1)


class _File:
    """A file as it is on the disk for certain, and what was done since and may be lost."""

    def __init__(self, durable: bytearray | None) -> None:
        self.durable = durable
        self.pending: list[Deed] = []

    @property
    def is_deleted(self) -> bool:
        """Whether its name is free, if not yet for certain."""
        return bool(self.pending) and self.pending[-1].kind == "delete"

    def settle(self, deeds: Sequence[Deed]) -> None:
        """Have some of what is pending done, and forget the rest."""
        for deed in deeds:
            if deed.kind == "delete":
                self.durable = None
                continue
            content = self.durable = self.durable if self.durable is not None else bytearray()
            if deed.kind == "truncate":
                del content[deed.at :]
            else:
                content.extend(bytes(max(0, deed.at - len(content))))
                content[deed.at : deed.at + len(deed.data)] = deed.data
        self.pending = []


class _Folder(dict[str, _File]):
    """The files in a folder, and which of them are deleted for certain."""

    def take(self, deed: Deed) -> None:
        """Have something done to a file. A new journal is synced together with its folder, as SQLite does."""
        file = self[deed.file]
        if deed.kind == "sync":
            if file.durable is None and deed.file.endswith(("-wal", "-journal")):
                self._sync()
            file.settle(file.pending)
            return
        if file.is_deleted:  # its name is taken by another one
            file.settle(file.pending)
        file.pending.append(deed)
        if deed.kind == "delete" and deed.at:
            self._sync()

    def _sync(self) -> None:
        for file in self.values():
            if file.is_deleted:
                file.settle(file.pending)


Fate = Literal["kept", "lost", "torn"]
"""What becomes of that which was not synced: all is there, or nothing, or some of it, in any order, and the last a part only."""


def after_power_cut(deeds: Sequence[Deed], fate: Fate, folder: Path, seed: int) -> None:
    """Leave the files of a folder, as they were before some deeds, as they may be when the power fails after these."""
    files = _Folder()
    for name in {deed.file for deed in deeds}:
        before = folder / name
        files[name] = _File(bytearray(before.read_bytes()) if before.exists() else None)
    for deed in deeds:
        files.take(deed)
    for name, file in files.items():
        file.settle(list(_fated(file.pending, fate, Random(f"{seed} {name}"))))  # noqa: S311 - no secret
        if file.durable is None:
            (folder / name).unlink(missing_ok=True)
        else:
            (folder / name).write_bytes(file.durable)


def _fated(pending: Sequence[Deed], fate: Fate, chance: Random) -> Iterator[Deed]:
    if fate == "lost":
        return
    for deed in pending:
        if fate == "kept":
            yield deed
        elif chance.random() < 0.5:
            yield deed._replace(data=deed.data[: chance.randrange(len(deed.data) + 1)])
