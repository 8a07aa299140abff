# SPDX-License-Identifier: Apache-2.0
"""Kills key changes, backups and restores at each call that touches the disk, and lets each such call
fail, once each with EIO, ENOSPC and EROFS: fail_jobs.py TOOL PROBE SHIM [COUNT [SEED]].

SHIM is kill.c as a library. With COUNT, about so many runs of a few commands only: which ones, and
which of their calls, the seed says, which is another one each day. After each run the command, run
again, completes or says that it was done; every token gives its card back, no card has two, the audit
log is whole, and no key is gone that anything needs.
"""

import collections
import concurrent.futures
import errno
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

import jobs
import probe as probes
from vault import Vault

TOOL, PROBE, SHIM = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:4])
# EROFS: what Linux does to a disk on which it found an error, while it is in use.
FAULTS = {"kill": 0, "EIO": errno.EIO, "ENOSPC": errno.ENOSPC, "EROFS": errno.EROFS}
JOBS_A_SAMPLE = 4


class Target:
    """One run of a command: the vault before it, and the calls that it makes."""

    def __init__(self, job: jobs.Job, made: pathlib.Path, cards: dict[str, str], place: pathlib.Path):
        self.job = job
        self.cards = cards
        self.place = place
        vault = self.copy(made, "before")
        self.arguments = job.prepare(vault)
        done = self.copy(place / "before", "count").run(
            *self.arguments, LD_PRELOAD=SHIM, CARD_VAULT_KILL_LOG="calls")
        assert done.returncode == 0, (job.name, done.stderr)
        self.calls = (place / "count" / "calls").read_text().splitlines()

    def copy(self, made: pathlib.Path, name: str) -> Vault:
        shutil.copytree(made, self.place / name)
        return Vault(TOOL, self.place / name)

    def run(self, fault: str, number: int) -> str:
        """Runs the command with one fault, and looks at what is left. Returns how it ended."""
        vault = self.copy(self.place / "before", f"{fault}-{number}")
        done = vault.run(
            *self.arguments, LD_PRELOAD=SHIM, CARD_VAULT_KILL_AT=str(number),
            CARD_VAULT_KILL_ERROR=str(FAULTS[fault]))
        call, file = self.calls[number - 1].split(" ", 1)
        what = f"{fault} at {call} of {pathlib.Path(file).name}"
        status = -signal.SIGKILL if fault == "kill" else 4
        try:
            # A number may not be reached: how often SQLite writes depends on what it finds.
            assert done.returncode in (status, 0), (done.returncode, done.stderr)
            self.job.again(vault, self.arguments)
            probes.check(PROBE, vault, self.cards)
            probes.check_keys(vault)
        except AssertionError as failure:
            return f"FAILED: {what}, call {number}: {failure}"
        shutil.rmtree(vault.folder)
        return fault if done.returncode == status else f"{what} made no difference"


def main() -> None:
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    number = int(sys.argv[5]) if len(sys.argv) > 5 else int(time.time() // 86_400)
    seed = random.Random(number)
    print(f"faults at calls of key changes, backups and restores: seed {number}", flush=True)
    chosen = seed.sample(jobs.JOBS, JOBS_A_SAMPLE) if count else jobs.JOBS
    done = failed = 0
    took = collections.Counter()
    place = pathlib.Path(tempfile.mkdtemp())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        made = Vault(TOOL, place / "made")
        cards = probes.make(PROBE, made)
        for job in chosen:
            target = Target(job, made.folder, cards, place / job.name)
            faults = [
                (fault, call) for fault in FAULTS for call in range(1, len(target.calls) + 1)]
            every = max(1, len(faults) * len(chosen) // count) if count else 1
            faults = faults[seed.randrange(every) :: every]
            ends = collections.Counter(pool.map(lambda fault: target.run(*fault), faults))
            done += len(faults)
            took += ends
            failed += sum(end.startswith("FAILED") for end in ends)
            print(f"  {job.name}, {len(target.calls)} calls:", flush=True)
            for end, many in ends.items():
                print(f"    {many} {end}", flush=True)
    probes.prove(PROBE, made, cards)
    if failed:
        sys.exit(f"{failed} of {done} faults: FAILED; what they left is in {place}")
    shutil.rmtree(place)
    assert all(took[fault] for fault in FAULTS), ("a kind of fault was never met", took)
    print(f"{done} faults: each left a vault that opens, with every card and key: passed")


main()
