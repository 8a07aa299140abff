# SPDX-License-Identifier: Apache-2.0
"""Kills `init` and `scope add` at every write, sync and rename: kill_calls.py TOOL [EVERY].

With EVERY, at every so-manieth of them only.

After each kill the vault opens, or was never there and `init` makes it; the command, run again,
completes; a card goes in and comes back.
"""

import collections
import pathlib
import re
import shutil
import sys
import tempfile

from vault import Vault

CALLS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "ftruncate", "unlink")


def traced(*options: str) -> tuple[str, ...]:
    return ("strace", "-f", "-qq", "-o", "trace", *options)


def counts(vault: Vault, *arguments: str) -> collections.Counter:
    """How often a run makes each call."""
    done = vault.run(*arguments, prefix=traced("-e", "trace=" + ",".join(CALLS)))
    assert done.returncode == 0, done.stderr
    names = re.findall(r"^\d+ +(\w+)\(", (vault.folder / "trace").read_text(), re.M)
    return collections.Counter(names)


def kill(vault: Vault, call: str, number: int, *arguments: str) -> None:
    inject = f"inject={call}:signal=KILL:when={number}"
    vault.run(*arguments, prefix=traced("-e", "trace=" + call, "-e", inject))


def is_usable(vault: Vault, scope: str) -> None:
    (vault.folder / "one.csv").write_text("pan\n4111111111111111\n")
    vault.must("import", "one.csv", "--pan-column", "pan", "--out", "one-out.csv", "--scope", scope)
    token = (vault.folder / "one-out.csv").read_text().split()[1]
    number = vault.must("detokenize", token, "--purpose", "test", "--scope", scope).strip()
    assert number == "4111111111111111"


def after_init(vault: Vault) -> None:
    opened = vault.run("scope", "list")
    if opened.returncode != 0:
        assert not (vault.folder / "keyring.json").exists(), opened.stderr
        vault.must("init")
    is_usable(vault, "default")


def after_scope_add(vault: Vault) -> None:
    vault.must("scope", "list")
    again = vault.run("scope", "add", "acme")
    assert again.returncode == 0 or "already" in again.stderr, again.stderr
    is_usable(vault, "acme")
    is_usable_default = vault.run("scope", "list")
    assert is_usable_default.stdout.count("acme") == 1


def main() -> None:
    tool, every = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder = pathlib.Path(tempfile.mkdtemp())
    made = Vault(tool, folder / "made")
    made.must("init")
    for name, arguments, before, after in (
        ("init", ("init",), None, after_init),
        ("scope add", ("scope", "add", "acme"), made.folder, after_scope_add),
    ):
        def fresh(label: str) -> Vault:
            place = folder / label
            if before:
                shutil.copytree(before, place)
            return Vault(tool, place)

        killed = seen = 0
        for call, count in counts(fresh("count " + name), *arguments).items():
            for number in range(1, count + 1):
                # Opening libraries and configuration is nobody's state: sample it.
                if call == "openat" and number % 16 != 0 and number < count - 24:
                    continue
                seen += 1
                if seen % every != 0:
                    continue
                vault = fresh(f"{name} {call} {number}")
                kill(vault, call, number, *arguments)
                after(vault)
                shutil.rmtree(vault.folder)
                killed += 1
        print(f"{name}: {killed} kills of {seen} calls, each left a vault that opens or none: passed")
    shutil.rmtree(folder)


main()
