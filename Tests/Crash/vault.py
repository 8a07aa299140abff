# SPDX-License-Identifier: Apache-2.0
"""A vault made by the tool, and what a look into its store tells without any key."""

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import typing

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def luhn(body: str) -> str:
    """The digits with their check digit."""
    total = 0
    for place, character in enumerate(reversed(body)):
        value = int(character) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def number(text: str) -> int:
    """The number that these characters of base 32 write."""
    value = 0
    for character in text:
        value = value << 5 | ALPHABET.index(character)
    return value


def stored(token: str) -> bytes:
    """The key by which the store keeps an opaque token."""
    return b"\x01" + number(token.removeprefix("tok_")).to_bytes(16)


def text(stored: bytes) -> str:
    """The opaque token that the store keeps by such a key."""
    value = int.from_bytes(stored[1:])
    return "tok_" + "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(26)))


def must_find(fault: str, check: typing.Callable[..., object], *arguments: object) -> None:
    """Runs a check on what was broken on purpose: it says that fault and no other."""
    try:
        check(*arguments)
    except AssertionError as failure:
        if fault in str(failure):
            return
        raise
    sys.exit(f"kills: the check did not find {fault}")


class Vault:
    def __init__(self, tool: str, folder: pathlib.Path):
        self.tool = tool
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "passphrase").write_text("battery staple 9\n")

    def command(self, *arguments: str) -> list[str]:
        return [self.tool, *arguments, "--passphrase-file", "passphrase"]

    def run(
        self, *arguments: str, prefix: tuple[str, ...] = (), **settings: str
    ) -> subprocess.CompletedProcess:
        """Runs the tool; the settings go into its environment."""
        return subprocess.run(
            [*prefix, *self.command(*arguments)], cwd=self.folder, text=True,
            stdin=subprocess.DEVNULL, capture_output=True, env=os.environ | settings)

    def must(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, (arguments, done.returncode, done.stderr)
        return done.stdout

    def keys(self) -> list[dict]:
        """What the inventory says of each key."""
        return json.loads(self.must("inventory", "--json"))["keys"]

    def query(self, sql: str, *values):
        # Left to the garbage collector it would be closed, and files removed, at any later moment.
        with contextlib.closing(sqlite3.connect(self.folder / "cards.db")) as store, store:
            return store.execute(sql, values).fetchall()

    def has(self, tokens: set[str]) -> bool:
        """Whether all of them are in the store."""
        there = {row[0] for row in self.query("SELECT token FROM cards")}
        return {stored(token) for token in tokens} <= there

    def lose(self, token: str) -> None:
        """Loses a card with its search row, as no crash may."""
        for table in ("cards", "fingerprints"):
            self.query(f"DELETE FROM {table} WHERE token = ?", stored(token))

    def tokens(self) -> list[str]:
        return [text(row[0]) for row in self.query("SELECT token FROM cards")]

    def check(self) -> int:
        """Every card has one search row and the other way round; returns how many there are."""
        assert self.query("PRAGMA integrity_check") == [("ok",)]
        cards = self.query("SELECT count(*) FROM cards")[0][0]
        rows = self.query("SELECT count(*), count(DISTINCT token) FROM fingerprints")[0]
        assert rows == (cards, cards), (cards, rows)
        return cards
