# SPDX-License-Identifier: Apache-2.0
"""The program on the library: what it stores, what it is told, and what it reads back."""

import pathlib
import signal
import subprocess
import time

from vault import Vault, must_find


def call(probe: str, verb: str, folder: pathlib.Path, lines: list[str]) -> list[str]:
    """What a verb that ends by itself prints for these lines."""
    done = subprocess.run(
        [probe, verb, str(folder)], input="\n".join(lines), text=True, capture_output=True)
    assert done.returncode == 0, (verb, done.returncode, done.stderr)
    return done.stdout.splitlines()


def make(probe: str, vault: Vault) -> dict[str, str]:
    """Makes a vault that unlocks fast. Returns its cards by their tokens."""
    lines = call(probe, "make", vault.folder, [])
    return {line[2:]: f"400000000000{1_000 + serial}" for serial, line in enumerate(lines)}


class Traffic:
    """A process that stores, finds and reads cards until it is killed."""

    def __init__(self, probe: str, vault: Vault, cards: dict[str, str]):
        self.probe = probe
        self.vault = vault
        # Every card by each token that stands for it, as far as somebody was told.
        self.cards = dict(cards)
        self.serial = 0
        self.answers = 0

    def __enter__(self):
        self.output = self.vault.folder / "traffic"
        self.read = 0
        self.process = subprocess.Popen(
            [self.probe, "traffic", str(self.vault.folder)], text=True,
            stdin=subprocess.PIPE, stdout=self.output.open("wb"), stderr=subprocess.DEVNULL)
        self.process.stdin.write("\n".join([str(self.serial), *self.cards.values()]))
        self.process.stdin.close()
        while self.output.stat().st_size == 0 and self.process.poll() is None:
            time.sleep(0.002)
        return self

    def __exit__(self, kind, error, trace):
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait() == -signal.SIGKILL, "the traffic ended by itself"
        if error is None:
            self.note()
        self.serial += 100_000

    def note(self) -> None:
        """Takes in what was printed since."""
        with self.output.open("rb") as file:
            file.seek(self.read)
            news = file.read()
        whole = news[: news.rfind(b"\n") + 1]
        self.read += len(whole)
        for line in whole.decode().splitlines():
            kind, rest = line.split(" ", 1)
            assert kind == "T", f"the traffic says: {rest}"
            token, number = rest.split(" ")
            assert self.cards.setdefault(token, number) == number, "a token of two cards"
            self.answers += 1
        assert len(set(self.cards.values())) == len(self.cards), "a card with two tokens"


def check(
    probe: str, vault: Vault, cards: dict[str, str], later: dict[str, str] | None = None
) -> None:
    """Every token gives its card back, and no card has two; whether anybody was told or not.

    Of those acknowledged later none need be there, and none be another card's.
    """
    tokens = vault.tokens()
    assert set(cards) <= set(tokens), "an acknowledged token is not in the store"
    owners: dict[str, str] = {}
    for line in call(probe, "read", vault.folder, tokens):
        kind, token, number, *again = line.split(" ")
        if kind == "X":
            # Those of other scopes are no tokens of this one.
            assert number == "notFound" and token not in cards, line
            continue
        assert again == [token], ("a card with two tokens", line)
        assert owners.setdefault(number, token) == token, ("a card with two tokens", line)
        assert (cards | (later or {})).get(token, number) == number, ("a wrong card", line)
    assert len(vault.tokens()) == len(tokens), "a card that is there was not found"
    assert set(cards) <= set(owners.values()), "an acknowledged token does not open"
    assert vault.query("PRAGMA integrity_check") == [("ok",)]


def check_keys(vault: Vault) -> None:
    """The audit log is whole, and no key is gone that anything needs."""
    vault.must("audit", "verify")
    check_needs(vault.keys())


def check_needs(keys: list[dict]) -> None:
    for key in keys:
        if key["state"] != "destroyed" or (key["scope"] or "").startswith("doomed"):
            continue
        needs = {need: key[need] for need in ("records", "fingerprints", "holds", "wrappedKeys")}
        assert not any(needs.values()), ("a key that is needed was destroyed", key["id"], needs)


def prove(probe: str, vault: Vault, cards: dict[str, str]) -> None:
    """Loses a key, a card and an entry of the log, and expects that the checks say so."""
    keys = vault.keys()
    key = next(key for key in keys if key["records"] > 0)
    must_find("a key that is needed was destroyed", check_needs,
              [*keys, key | {"state": "destroyed", "scope": None}])
    vault.lose(next(iter(cards)))
    must_find("an acknowledged token is not in the store", check, probe, vault, cards)
    vault.query("DELETE FROM audit WHERE sequence = 2")
    must_find("verify", check_keys, vault)
