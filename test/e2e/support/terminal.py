"""
Runs a command in a pseudo-terminal and passes on what it writes.
Usage: COLUMNS ROWS [--resize TEXT COLUMNS]... [--interrupt TEXT]... -- COMMAND
Each of these is done once, in this order, when TEXT has been written since the one before. A resize is marked by a
byte FF and the new width as four digits, so that a reader can follow it.
"""
import fcntl, os, pty, select, struct, sys, termios

cut = sys.argv.index("--")
head, command = sys.argv[1:cut], sys.argv[cut + 1:]
columns, rows = int(head[0]), int(head[1])
deeds, rest = [], head[2:]
while rest:
    if rest[0] == "--resize":
        deeds.append((rest[1].encode(), int(rest[2])))
        rest = rest[3:]
    else:
        deeds.append((rest[1].encode(), None))
        rest = rest[2:]


def resize(fd, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


pid, fd = pty.fork()
if pid == 0:
    resize(0, columns)
    os.execvp(command[0], command)
resize(fd, columns)
seen = b""
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
    seen += data
    while deeds and deeds[0][0] in seen:
        _, width = deeds.pop(0)
        seen = b""
        if width is None:
            os.write(fd, b"\x03")
        else:
            resize(fd, width)
            sys.stdout.buffer.write(b"\xff" + str(width).zfill(4).encode())
sys.stdout.buffer.flush()
status = os.waitpid(pid, 0)[1]
sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
