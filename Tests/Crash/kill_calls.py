# SPDX-License-Identifier: Apache-2.0
"""Kills `init` and `scope add` before every write, sync and rename: kill_calls.py TOOL SHIM [EVERY].

SHIM is kill.c as a library. With EVERY, kills at every so-manieth call only. After each kill the vault
opens, or was never there and `init` makes it; the command, run again, completes; a card goes in and
comes back.
"""

import pathlib
import shutil
import signal
import sys
import tempfile

from vault import Vault, must_find

SHIM = str(pathlib.Path(sys.argv[2]).resolve())


def count(vault: Vault, arguments: tuple[str, ...]) -> int:
    """How many calls an undisturbed run makes."""
    done = vault.run(*arguments, LD_PRELOAD=SHIM, CARD_VAULT_KILL_LOG="calls")
    assert done.returncode == 0, done.stderr
    return len((vault.folder / "calls").read_text().splitlines())


def is_usable(vault: Vault, scope: str) -> None:
    (vault.folder / "one.csv").write_text("pan\n4111111111111111\n")
    vault.must("import", "one.csv", "--pan-column", "pan", "--out", "one-out.csv", "--scope", scope)
    token = (vault.folder / "one-out.csv").read_text().split()[1]
    number = vault.must("detokenize", token, "--purpose", "test", "--scope", scope).strip()
    assert number == "4111111111111111"


def after_init(vault: Vault) -> None:
    if vault.run("scope", "list").returncode != 0:
        assert not (vault.folder / "keyring.json").exists()
        vault.must("init")
    is_usable(vault, "default")


def after_scope_add(vault: Vault) -> None:
    vault.must("scope", "list")
    again = vault.run("scope", "add", "acme")
    assert again.returncode == 0 or "already" in again.stderr, again.stderr
    is_usable(vault, "acme")
    assert vault.must("scope", "list").count("acme") == 1


def main() -> None:
    tool, every = sys.argv[1], int(sys.argv[3]) if len(sys.argv) > 3 else 1
    folder = pathlib.Path(tempfile.mkdtemp())
    made = Vault(tool, folder / "made")
    made.must("init")
    for arguments, before, after in (
        (("init",), None, after_init),
        (("scope", "add", "acme"), made.folder, after_scope_add),
    ):
        def fresh(label: str) -> Vault:
            place = folder / label
            if before:
                shutil.copytree(before, place)
            return Vault(tool, place)

        name = " ".join(arguments)
        calls = count(fresh("count " + name), arguments)
        numbers = range(every, calls + 1, every)
        for number in numbers:
            vault = fresh(f"{name} {number}")
            status = vault.run(
                *arguments, LD_PRELOAD=SHIM, CARD_VAULT_KILL_AT=str(number)).returncode
            assert status == -signal.SIGKILL, f"call {number} of {name} was not reached: {status}"
            after(vault)
            shutil.rmtree(vault.folder)
        print(f"{name}: killed before {len(numbers)} of its {calls} calls; each left a vault that "
              "opens, or none: passed")
    (made.folder / "keyring.json").unlink()
    must_find("keyring", is_usable, made, "default")
    shutil.rmtree(folder)


main()
