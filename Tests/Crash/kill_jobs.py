# SPDX-License-Identifier: Apache-2.0
"""Kills key changes, backups and restores at random moments: kill_jobs.py TOOL PROBE KILLS [SEED].

Beside them a process stores, finds and reads cards. After each kill the command, run again, completes
or says that it was done. After every few kills, and a kill of that process, every token that it was
given gives its card back, no card has two, the audit log is whole, and no key is gone that anything
needs. The seed, where none is given, is another one each day.
"""

import collections
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import jobs
import probe as probes
from vault import Vault

# After so many kills everything is looked at. After so many rounds of that there is another vault, as
# each job leaves keys behind.
KILLS_A_ROUND, ROUNDS_A_VAULT = 6, 5


class Killer:
    """Kills commands at random moments, and counts how many it met alive."""

    def __init__(self, seed: random.Random):
        self.seed = seed
        # How many seconds it takes to unlock, and how many each command goes on after that: found
        # by what the kills met.
        self.unlocking = 0.0
        self.tails: dict[str, float] = {}
        self.met: collections.Counter[str] = collections.Counter()
        self.missed: collections.Counter[str] = collections.Counter()

    def measure(self, vault: Vault) -> None:
        begun = time.monotonic()
        vault.must("scope", "list")
        self.unlocking = time.monotonic() - begun

    def run(self, vault: Vault, job: jobs.Job, arguments: tuple[str, ...]) -> None:
        tail = self.tails.setdefault(job.name, self.unlocking)
        # Before the passphrase is stretched nothing is written.
        moment = 0.8 * self.unlocking + self.seed.uniform(0, tail)
        process = subprocess.Popen(
            vault.command(*arguments), cwd=vault.folder, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        complaint = process.communicate()[1]
        if process.returncode == -signal.SIGKILL:
            self.met[job.name] += 1
            self.tails[job.name] = 1.25 * tail
        else:
            assert process.returncode == 0, (arguments, process.returncode, complaint)
            self.missed[job.name] += 1
            self.tails[job.name] = 0.6 * tail
        job.again(vault, arguments)


def play(killer: Killer, traffic: probes.Traffic, todo: list[jobs.Job]) -> None:
    """Kills each command once, beside the traffic, and looks at everything."""
    vault = traffic.vault
    with traffic:
        killer.measure(vault)
        for job in todo:
            if job in jobs.ONLINE:
                killer.run(vault, job, job.prepare(vault))
        # After the last scope key was destroyed, with which a backup dies.
        traffic.note()
        early = dict(traffic.cards)
        restores = [(job, job.prepare(vault)) for job in todo if job in jobs.OFFLINE]
    probes.check(traffic.probe, vault, traffic.cards)
    probes.check_keys(vault)
    for job, arguments in restores:
        # Whoever used the store would lose what it is told meanwhile.
        copy = Vault(vault.tool, vault.folder.with_name("copy"))
        shutil.copytree(vault.folder, copy.folder, dirs_exist_ok=True)
        killer.run(copy, job, arguments)
        probes.check(traffic.probe, copy, early, later=traffic.cards)
        probes.check_keys(copy)
        shutil.rmtree(copy.folder)


def main() -> None:
    tool, probe, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
    number = int(sys.argv[4]) if len(sys.argv) > 4 else int(time.time() // 86_400)
    print(f"kills during key changes, backups and restores: seed {number}", flush=True)
    killer, order, answers = Killer(random.Random(number)), [], 0
    while killer.met.total() < kills:
        # Stays where something is found.
        folder = pathlib.Path(tempfile.mkdtemp())
        vault = Vault(tool, folder / "vault")
        traffic = probes.Traffic(probe, vault, probes.make(probe, vault))
        for _ in range(ROUNDS_A_VAULT):
            if (left := kills - killer.met.total()) == 0:
                break
            if len(order) < KILLS_A_ROUND:
                order += killer.seed.sample(jobs.JOBS, len(jobs.JOBS))
            count = min(KILLS_A_ROUND, left)
            todo, order = order[:count], order[count:]
            play(killer, traffic, todo)
        answers += traffic.answers
        if killer.met.total() == kills:
            probes.prove(probe, vault, traffic.cards)
        shutil.rmtree(folder)
    for job in jobs.JOBS:
        if killer.met[job.name] + killer.missed[job.name]:
            print(f"  {job.name}: {killer.met[job.name]} killed, "
                  f"{killer.missed[job.name]} had ended")
    print(f"{killer.met.total()} kills; {killer.missed.total()} more came after the end; "
          f"{answers} tokens acknowledged beside them: none lost, none wrong: passed")


main()
