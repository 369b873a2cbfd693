"""Image replication jobs of Huawei Cloud SWR as tables of SQLite.

    import sqlite3, swr_sync_job
    connection = sqlite3.connect(":memory:")
    swr_sync_job.load(connection)
    connection.execute("SELECT tag, status FROM swr_sync_job WHERE image = 'group/app' LIMIT 10")

Region and credentials come from the environment: HW_REGION_NAME, HW_ACCESS_KEY, HW_SECRET_KEY.
"""

import pathlib

__version__ = "@VERSION@"
__all__ = ["load", "loadable_path"]


def loadable_path():
    """The path of the library, without its suffix, as SQLite wants it."""
    return str(pathlib.Path(__file__).resolve().parent / "swr_sync_job")


def load(connection):
    """Loads the extension into a connection of sqlite3 or apsw; loading extensions is off afterwards."""
    # apsw had other names for both before 3.43.
    enable = getattr(connection, "enable_load_extension", None) or getattr(
        connection, "enableloadextension", None)
    if enable is None:
        raise RuntimeError(
            "swr_sync_job: this Python was built without loading of SQLite extensions: use the "
            "distribution's, one configured with --enable-loadable-sqlite-extensions, or apsw")
    run = getattr(connection, "load_extension", None) or connection.loadextension
    enable(True)
    try:
        run(loadable_path())
    finally:
        enable(False)
