# SPDX-License-Identifier: Apache-2.0
"""The commands that change keys and copies: what each needs before it, and says when it was done."""

import typing

from vault import Vault

# What a command may say that was done already, or that would take the place of a copy.
STATE = "The key cannot change its state so"
THERE = "is there already"


class Job(typing.NamedTuple):
    """A command by its name."""

    name: str
    # Makes what it needs, and returns its arguments.
    prepare: typing.Callable[[Vault], tuple[str, ...]]
    # How it may refuse to run once more; it must complete where this is empty.
    refusal: str = ""

    def again(self, vault: Vault, arguments: tuple[str, ...]) -> None:
        """Runs the command once more: it completes, or says that it was done."""
        done = vault.run(*arguments)
        if done.returncode == 0:
            return
        refused = done.returncode == 1 and self.refusal and self.refusal in done.stderr
        assert refused, (arguments, done.returncode, done.stderr)
        if self.refusal == THERE:
            vault.must(*arguments[:-1], arguments[-1] + "-again")
        else:
            states = {key["id"]: key["state"] for key in vault.keys()}
            assert states[arguments[-1]] in ("compromised", "destroyed"), states


def free(vault: Vault, stem: str) -> str:
    """A name that nothing has."""
    return next(
        name for number in range(10**6) if not (vault.folder / (name := f"{stem}-{number}")).exists())


def rotate(*arguments: str) -> Job:
    return Job(" ".join(["rotate", *arguments]), lambda _: ("key", "rotate", *arguments))


def compromise(purpose: str) -> Job:
    def prepare(vault: Vault) -> tuple[str, ...]:
        active = [
            key["id"] for key in vault.keys() if key["purpose"] == purpose
            and key["scope"] in (None, "default") and key["state"] == "active"]
        return ("key", "compromise", active[-1])

    return Job(f"compromise {purpose}", prepare, STATE)


def destroy(purpose: str) -> Job:
    def prepare(vault: Vault) -> tuple[str, ...]:
        vault.must("key", "rotate", purpose)
        old = [
            key["id"] for key in vault.keys() if key["purpose"] == purpose
            and key["scope"] in (None, "default") and key["state"] == "deactivated"]
        return ("key", "destroy", "--yes", old[-1])

    return Job(f"destroy {purpose}", prepare, STATE)


def shred(vault: Vault) -> tuple[str, ...]:
    scope = free(vault, "doomed")
    (vault.folder / scope).write_text("pan\n4111111111111111\n")
    vault.must("scope", "add", scope)
    vault.must(
        "import", scope, "--pan-column", "pan", "--out", f"{scope}.csv", "--scope", scope)
    return ("shred", scope, "--confirm", scope)


def reseal(vault: Vault) -> tuple[str, ...]:
    vault.must("key", "rotate", "data", "--no-reseal")
    vault.must("key", "rotate", "fingerprint", "--no-reseal")
    return ("reseal",)


def activate(vault: Vault) -> tuple[str, ...]:
    vault.must("key", "rotate", "root", "--all")
    return ("key", "activate")


def keyring_restore(vault: Vault) -> tuple[str, ...]:
    copy = free(vault, "export")
    vault.must("keyring", "export", copy)
    return ("keyring", "restore", copy)


def restore(*options: str) -> Job:
    def prepare(vault: Vault) -> tuple[str, ...]:
        folder = free(vault, "backup")
        vault.must("backup", folder)
        return ("restore", "--yes", folder, *options)

    return Job(" ".join(["restore", *options]), prepare, THERE if options else "")


# Those that leave the store where it is, so that others may use it meanwhile.
ONLINE = [
    *(rotate(purpose) for purpose in
      ("root", "scope", "data", "fingerprint", "hold", "audit", "seal")),
    rotate("root", "--all"),
    Job("activate", activate),
    compromise("data"),
    compromise("scope"),
    destroy("data"),
    destroy("scope"),
    Job("shred", shred),
    Job("reseal", reseal),
    Job("backup", lambda vault: ("backup", free(vault, "backup")), THERE),
    Job("keyring export", lambda vault: ("keyring", "export", free(vault, "export")), THERE),
    Job("keyring restore", keyring_restore),
]
# Those after which others open it anew.
OFFLINE = [restore(), restore("--keep-old", "kept.db")]
JOBS = [*ONLINE, *OFFLINE]
