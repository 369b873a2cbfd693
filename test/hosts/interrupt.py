# Interrupts a statement of sqlite3 from another thread, while the service is silent.
import sqlite3
import threading

connection = sqlite3.connect(":memory:", check_same_thread=False)
connection.enable_load_extension(True)
connection.load_extension("libswr_sync_job")
threading.Timer(0.5, connection.interrupt).start()
try:
    connection.execute("SELECT tag FROM swr_sync_job WHERE image = 'group/busybox' LIMIT 1").fetchall()
except sqlite3.OperationalError as error:
    print(error)
