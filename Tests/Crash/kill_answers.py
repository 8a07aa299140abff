# SPDX-License-Identifier: Apache-2.0
"""Kills a process that detokenizes and redeems: kill_answers.py PROBE KILLS [SEED].

What it printed before it died it had in the clear. After each kill every such answer must have its
entry in the audit log, and every hold that was redeemed must be gone. At the end every handle is tried
once more: no hold opens twice, and none that has no entry is gone.
"""

import collections
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading

from probe import call
from vault import must_find, number, stored


def fields(frame: bytes) -> list[bytes]:
    found = []
    while frame:
        count = int.from_bytes(frame[:4])
        found.append(frame[4 : 4 + count])
        frame = frame[4 + count :]
    return found


class Log:
    """The entries of the store, read without any key."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.last = 0

    def fresh(self) -> list[tuple[str, str, list[bytes]]]:
        """Action, outcome and ids of the entries since the last call; none is missing."""
        found = []
        with sqlite3.connect(self.path) as store:
            rows = store.execute(
                "SELECT sequence, entry FROM audit WHERE sequence > ? ORDER BY sequence", (self.last,))
            for sequence, entry in rows:
                assert sequence == self.last + 1, "an entry is missing"
                self.last = sequence
                field = fields(entry[50:])
                size = {1: 17, 2: 32, 3: 16}[field[7][0]] if field[7] else 1
                ids = [field[7][i : i + size] for i in range(5, len(field[7]), size)]
                found.append((field[2].decode(), field[3].decode(), ids))
            head = store.execute("SELECT sequence FROM audit_heads").fetchone()[0]
            assert head == self.last, (head, self.last)
        return found

    def holds(self) -> set[str]:
        with sqlite3.connect(self.path) as store:
            return {row[0].hex() for row in store.execute("SELECT id FROM holds")}


def hold_id(handle: str) -> str:
    return number(handle.removeprefix("hld_")[:26]).to_bytes(16).hex()


def run_until_killed(
    probe: str, folder: pathlib.Path, lines: list[str], seconds: float
) -> list[str]:
    """Every whole line that it printed; the clock runs from its first answer."""
    process = subprocess.Popen(
        [probe, "run", str(folder)], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdin.write("\n".join(lines))
    process.stdin.close()
    first = process.stdout.readline()
    threading.Timer(seconds, process.send_signal, [signal.SIGKILL]).start()
    text = first + process.stdout.read()
    assert process.wait() == -signal.SIGKILL, process.returncode
    return text[: text.rfind("\n") + 1].splitlines()


class Account:
    """What was printed, against what is on record."""

    def __init__(self):
        self.handles: dict[str, str] = {}
        self.redeemed: collections.Counter[str] = collections.Counter()
        # What is on record and was not printed since the last kill.
        self.entries: collections.Counter[bytes] = collections.Counter()
        self.answers = 0

    def note(self, entries: list[tuple[str, str, list[bytes]]]) -> None:
        """Takes in what the log has since the last kill."""
        self.entries.clear()
        for action, outcome, ids in entries:
            if action == "detokenize" and outcome == "done":
                self.entries.update(ids)
            if action == "redeem" and outcome == "done":
                self.redeemed.update(i.hex() for i in ids)

    def settle(self, printed: list[str], there: set[str]) -> None:
        """Holds what was printed before a kill against that, and against the holds that are there."""
        for line in printed:
            kind, value = line.split(" ")
            if kind == "D":
                self.entries[stored(value)] -= 1
                assert self.entries[stored(value)] >= 0, "a card number without its entry"
            elif kind == "R":
                assert self.redeemed[value] == 1, "a redeemed hold without its entry, or with two"
                assert value not in there, "a redeemed hold is still there"
            elif kind == "H":
                self.handles[hold_id(value)] = value
            self.answers += kind in "DR"


def main() -> None:
    probe, kills = sys.argv[1], int(sys.argv[2])
    seed = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tokens = call(probe, "make", folder, [])
        log, account = Log(folder / "cards.db"), Account()
        log.fresh()
        handles, redeemed = account.handles, account.redeemed
        for _ in range(kills):
            unused = [f"H {text}" for hold, text in handles.items() if not redeemed[hold]][:64]
            printed = run_until_killed(probe, folder, tokens + unused, seed.uniform(0, 0.15))
            account.note(log.fresh())
            account.settle(printed, log.holds())
        assert max(redeemed.values()) == 1
        opened = lost = 0
        for line in call(probe, "drain", folder, list(handles.values())):
            kind, hold, *code = line.split(" ")
            assert (kind == "X") == (redeemed[hold] == 1), (line, redeemed[hold])
            assert not code or code == ["notFound"], line
            opened += kind == "R"
            lost += kind == "X"
        assert opened + lost == len(handles)
        answers = account.answers
        account.note([])
        must_find("a card number without its entry", account.settle, [f"D {tokens[0][2:]}"], set())
        gone = max(redeemed, key=redeemed.get)
        must_find("a redeemed hold is still there", account.settle, [f"R {gone}"], {gone})
    print(
        f"kills: {kills} during detokenize and redeem; {answers} answers printed, each with its "
        f"entry; {len(handles)} holds, none redeemed twice.")


main()
