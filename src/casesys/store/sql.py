"""Every SQL statement of the SQLite log, and the numbers that mark its files.

Lists of streams and positions go in as one JSON text, so that each statement is constant and prepared once.
"""

APPLICATION_ID = 0x43415345
"""`CASE` in ASCII, in the header of the file."""

FORMAT_VERSION = 1
"""`user_version` of the file; raised whenever an older casesys could not read or write it rightly."""

# Upstream's recorder reads `rowid` and its four columns by name. A column that is itself called rowid is the true one: VACUUM may
# renumber a rowid that no column names.
CREATE_EVENTS = """CREATE TABLE stored_events (
    rowid INTEGER PRIMARY KEY,
    originator_id TEXT NOT NULL,
    originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    command_id BLOB NOT NULL,
    command_seq INTEGER NOT NULL,
    UNIQUE (originator_id, originator_version),
    UNIQUE (command_id, command_seq)
)"""
CREATE_SEALED = """CREATE TABLE sealed_fields (
    position INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    ciphertext BLOB NOT NULL,
    PRIMARY KEY (position, slot)
) WITHOUT ROWID"""
CREATE_LOG = """CREATE TABLE casesys_log (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    log_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    recorded_at TEXT,
    peaks BLOB NOT NULL
)"""
TABLES = {
    "stored_events": CREATE_EVENTS,
    "sealed_fields": CREATE_SEALED,
    "casesys_log": CREATE_LOG,
}

INSERT_LOG = "INSERT INTO casesys_log VALUES (1, ?, 0, NULL, x'')"
SELECT_LOG_ID = "SELECT log_id FROM casesys_log"
SELECT_TABLES = "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"

SELECT_HEAD = (
    "SELECT size, recorded_at, peaks, (SELECT max(rowid) FROM stored_events) FROM casesys_log"
)
UPDATE_HEAD = "UPDATE casesys_log SET size = ?, recorded_at = ?, peaks = ?"
SELECT_TIPS = """
SELECT asked.value, tip.originator_version, tip.leaf_hash
FROM json_each(?) AS asked JOIN stored_events AS tip ON tip.rowid = (
    SELECT rowid FROM stored_events WHERE originator_id = asked.value
    ORDER BY originator_version DESC LIMIT 1
)"""
INSERT_EVENT = "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_SEALED = "INSERT INTO sealed_fields VALUES (?, ?, ?)"

SELECT_STREAMS = """
SELECT originator_id, rowid, state, leaf_hash FROM stored_events
WHERE originator_id IN (SELECT value FROM json_each(?))
ORDER BY originator_id, originator_version"""
SELECT_STREAM = """
SELECT rowid, state, leaf_hash FROM stored_events
WHERE originator_id = ? AND originator_version > ? AND originator_version <= ? AND rowid <= ?
ORDER BY originator_version"""
SELECT_COMMAND = """
SELECT rowid, state, leaf_hash FROM stored_events WHERE command_id = ? ORDER BY command_seq"""
SELECT_PAGE = """
SELECT rowid, state, leaf_hash FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT ?"""
SELECT_LEAF = "SELECT state FROM stored_events WHERE rowid = ?"
SELECT_STREAM_IDS = """
SELECT originator_id FROM stored_events
WHERE originator_id > ? AND originator_id >= ? AND originator_id < ? AND originator_version = 1
ORDER BY originator_id LIMIT ?"""
SELECT_SEALED = """
SELECT position, slot, ciphertext FROM sealed_fields
WHERE position IN (SELECT value FROM json_each(?))"""

# What a verifier reads: everything, as it stands, from a file that may have been made to harm whoever opens it.
DISTRUST = ("PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON")
SELECT_WRITTEN = """
SELECT rowid, state, leaf_hash, originator_id, originator_version, topic, command_id, command_seq
FROM stored_events WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?"""
SELECT_WRITTEN_SEALED = """
SELECT position, slot, ciphertext FROM sealed_fields WHERE position > ? AND position <= ? ORDER BY position"""
SELECT_WRITTEN_STREAM = "SELECT state FROM stored_events WHERE originator_id = ?"
COUNT_BEFORE_FIRST = "SELECT count(*) FROM stored_events WHERE rowid < 1"
COUNT_HEADS = "SELECT count(*) FROM casesys_log"
COUNT_SEALED_OUTSIDE = """
SELECT count(*) FROM sealed_fields WHERE position < 1 OR position > (SELECT max(rowid) FROM stored_events)
OR typeof(position) <> 'integer'"""
SELECT_ADDED = """
SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')
OR type = 'index' AND sql IS NOT NULL AND tbl_name IN ('stored_events', 'sealed_fields', 'casesys_log')"""

SELECT_CHANGES = "PRAGMA data_version"
"""A number that differs once another connection, of this process or not, has committed. Costs about 3 µs."""

LARGEST_INTEGER = 2**63 - 1
