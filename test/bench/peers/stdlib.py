"""Reads all pages of a repository with Python's standard library, as a user's script would.

    python3 stdlib.py group|copy BASE-URL ROWS [DATABASE]

http.client keeps a connection for each of the 8 threads; urllib, which is above it, would open one for each
page. group prints status|count; copy fills the table job of DATABASE, which must be there.
"""

import concurrent.futures
import http.client
import json
import sqlite3
import ssl
import sys
import threading
import urllib.parse

COLUMNS = ("createdAt domainID domainName id namespace override remoteNamespace remoteRegionId "
           "repoName status syncOperatorId syncOperatorName tag updatedAt").split()
HEADERS = {"X-Auth-Token": "emulator-token", "Content-Type": "application/json"}

task, base, rows = sys.argv[1:4]
context = ssl.create_default_context() if base.startswith("https:") else None
local = threading.local()


def path(offset):
    words = urllib.parse.quote(f"limit::100|offset::{offset}|order::asc", safe="")
    return f"/v2/manage/namespaces/bench/repos/scan/sync_job?filter={words}"


def connection():
    if not hasattr(local, "connection"):
        parts = urllib.parse.urlsplit(base)
        if context:
            local.connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=context)
        else:
            local.connection = http.client.HTTPConnection(parts.hostname, parts.port)
    return local.connection


def fetch(offset):
    connection().request("GET", path(offset), headers=HEADERS)
    answer = connection().getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"HTTP {answer.status}")
    return json.loads(body)


def pages():
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        yield from pool.map(fetch, range(0, int(rows), 100))


def group():
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE job(status TEXT)")
    for page in pages():
        database.executemany("INSERT INTO job VALUES (?)", [(job["status"],) for job in page])
    for status, count in database.execute("SELECT status, count(*) FROM job GROUP BY 1 ORDER BY 1"):
        print(f"{status}|{count}")


def copy():
    database = sqlite3.connect(sys.argv[4])
    insert = f"INSERT INTO job VALUES ({','.join('?' * len(COLUMNS))})"
    for page in pages():
        database.executemany(insert, [[job.get(name) for name in COLUMNS] for job in page])
    database.commit()


{"group": group, "copy": copy}[task]()
