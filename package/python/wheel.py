#!/usr/bin/env python3
"""Writes the wheel:  wheel.py LIBRARY VERSION TAG DESCRIPTION LICENSE FOLDER

A wheel is a ZIP file with a list of what is in it. It is written here, by the standard library alone, since
the tools that write wheels want to build what they pack: the library was built by make. The same bytes each
time: the entries' time is SOURCE_DATE_EPOCH, and they are sorted. Prints the name of the file.
"""

import base64
import hashlib
import os
import pathlib
import sys
import time
import zipfile

NAME = "swr_sync_job"


def record(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}\n"


def contents(library, version, tag, description, licence):
    source = (pathlib.Path(__file__).parent / "__init__.py").read_text()
    information = f"{NAME}-{version}.dist-info"
    return {
        f"{NAME}/__init__.py": source.replace("@VERSION@", version).encode(),
        f"{NAME}/{NAME}{library.suffix}": library.read_bytes(),
        f"{information}/LICENSE": licence.read_bytes(),
        f"{information}/METADATA": (
            f"Metadata-Version: 2.1\nName: {NAME.replace('_', '-')}\nVersion: {version}\n"
            f"Summary: {description}\nLicense: MIT\nRequires-Python: >=3.8\n").encode(),
        f"{information}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: swr_sync_job\nRoot-Is-Purelib: false\n"
            f"Tag: py3-none-{tag}\n").encode(),
    }


def write(path, files, when):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files) + [list(files)[-1].rsplit("/", 1)[0] + "/RECORD"]:
            data = files.get(name)
            if data is None:
                data = ("".join(record(n, files[n]) for n in sorted(files)) + f"{name},,\n").encode()
            entry = zipfile.ZipInfo(name, when)
            entry.external_attr = (0o100755 if name.endswith((".so", ".dylib")) else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def main(library, version, tag, description, licence, folder):
    # No time before 1980 fits a ZIP file.
    when = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), 315532800))[:6]
    path = pathlib.Path(folder) / f"{NAME}-{version}-py3-none-{tag}.whl"
    files = contents(pathlib.Path(library), version, tag, description, pathlib.Path(licence))
    write(path, files, when)
    print(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
