# SPDX-License-Identifier: Apache-2.0
"""What lies in the memory of a running process, from outside: /proc/PID/mem."""

import os
import time


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
    """Begin, end and name of what the process may write, or could have."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        for line in file:
            bounds, rights, _, _, inode, *name = line.split(maxsplit=5)
            begin, end = (int(bound, 16) for bound in bounds.split("-"))
            # Guarded memory of libsodium may be read by nobody while it is not in use.
            if "w" in rights or inode == "0" and not "".join(name).startswith("[v"):
                yield begin, end, "".join(name).strip()


class Memory:
    """A look into all of it."""

    def __init__(self, pid, searches):
        """Counts, for every secret in every form, where it lies."""
        self.byte_count, self.heap, self.stack = 0, {}, {}
        stacks = list(stack_pointers(pid))
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
            for begin, end, name in regions(pid):
                data, size = self.read(file, begin, end)
                self.byte_count += size
                is_stack = name == "[stack]" or any(begin <= at < end for at in stacks)
                found = self.stack if is_stack else self.heap
                for search in searches:
                    for _, secret, form in search.hits(data):
                        found[secret, form] = found.get((secret, form), 0) + 1

    @staticmethod
    def read(file, begin, end):
        """What can be read of a region, and how much that was. Of blocks that are all zero, which
        most are, what is left is a few zeros."""
        data, at, block = bytearray(), begin, 1 << 14
        while at < end:
            try:
                piece = os.pread(file.fileno(), min(end - at, block), at)
            except OSError:
                break
            if not piece:
                break
            data += piece.rstrip(b"\0") and piece or bytes(16)
            at += len(piece)
        return data, at - begin
