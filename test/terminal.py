"""Runs a command with a terminal as its standard error (and output, if "both"), and prints what came there.

    python3 terminal.py error|both TEXT COMMAND...

Once that text has come it is interrupted as by Ctrl-C; empty: never. TERMINAL_COLUMNS in the environment is how wide
the terminal is; without, it does not say.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios

where, text, command = sys.argv[1], sys.argv[2].encode(), sys.argv[3:]
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(os.environ.get("TERMINAL_COLUMNS", "0")), 0, 0))


def take_terminal():
    """The terminal is the command's own, and it is in its foreground."""
    os.setsid()
    os.close(os.open(os.ttyname(slave), os.O_RDWR))


process = subprocess.Popen(
    command, stdin=subprocess.DEVNULL, stderr=slave, preexec_fn=take_terminal,
    stdout=slave if where == "both" else subprocess.DEVNULL)
os.close(slave)
said = b""
while True:
    if text and text in said:
        process.send_signal(signal.SIGINT)
        text = b""
    if select.select([master], [], [], 0.05)[0]:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
process.wait()
# A carriage return that is no part of a line's end is ^M, as editors show it.
sys.stdout.buffer.write(said.replace(b"\r\n", b"\n").replace(b"\r", b"^M"))
