# SPDX-License-Identifier: Apache-2.0
"""What lies in the memory of a running process, from outside: /proc/PID/mem."""

import os
import time

# The limit of a thread's stack.
STACK = 8 << 20


def stack_pointers(pid):
    """Where the stacks of its threads are, once all of them wait."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        for _ in range(200):
            with open(f"/proc/{pid}/task/{thread}/syscall", encoding="ascii") as file:
                words = file.read().split()
            if len(words) >= 3:
                break
            time.sleep(0.01)
        assert len(words) >= 3, f"thread {thread} of the process does not wait"
        yield int(words[-2], 16)


def regions(pid):
    """Begin and end of what the process may write, or could have. What the kernel shares with every
    process, [vvar] and [vdso], is none of it."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        for line in file:
            bounds, rights, _, _, inode, *name = line.split(maxsplit=5)
            begin, end = (int(bound, 16) for bound in bounds.split("-"))
            # Guarded memory of libsodium may be read by nobody while it is not in use.
            if "w" in rights or inode == "0" and not "".join(name).startswith("[v"):
                yield begin, end


def parts(begin, end, stacks):
    """The pieces of a region, and whether each is a stack: from where its thread is, upwards."""
    for pointer in sorted(at for at in stacks if begin <= at < end):
        top = min(pointer + STACK, end)
        yield begin, pointer, False
        yield max(begin, pointer), top, True
        begin = top
    yield begin, end, False


class Memory:
    """A look into all of it."""

    def __init__(self, pid, searches):
        """Counts, for every secret in every form, where it lies; and the bytes that nobody could
        read."""
        self.byte_count, self.unread_count, self.heap, self.stack = 0, 0, {}, {}
        stacks = list(stack_pointers(pid))
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
            for begin, end in regions(pid):
                for start, stop, is_stack in parts(begin, end, stacks):
                    data = self.read(file, start, stop)
                    found = self.stack if is_stack else self.heap
                    for search in searches:
                        for _, secret, form in search.hits(data):
                            found[secret, form] = found.get((secret, form), 0) + 1

    def read(self, file, begin, end):
        """What can be read of a region. Of blocks that are all zero, which most are, what is left
        is a few zeros."""
        data, block = bytearray(), 1 << 14
        for at in range(begin, end, block):
            size = min(end - at, block)
            try:
                piece = os.pread(file.fileno(), size, at)
            except OSError:
                piece = b""
            self.byte_count += len(piece)
            self.unread_count += size - len(piece)
            data += piece.rstrip(b"\0") and piece or bytes(16)
        return data
