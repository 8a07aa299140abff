# SPDX-License-Identifier: Apache-2.0
"""A vault of the probe, its card numbers, and its keys."""

import os
import sqlite3
import subprocess

import keyring_file
from forms import Search, forms, number_forms
from reader import Store
from wire import Key, token_text

PHRASE = b"sandbox numbers of nobody 1"


def card_number(index):
    """A number that passes Luhn, the same in every run, made and not taken from anybody: it begins
    as 4111 1111 1111 1111 does, the test card that payment processors publish."""
    body = f"411111{index * 387_420_489 % 1_000_000_000:09}"
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10))
                for place, digit in enumerate(reversed(body)))
    return f"{body}{-total % 10}"


class Vault:
    """A folder with a vault that the probe made, and numbers for it."""

    def __init__(self, probe, folder, count):
        self.probe, self.folder = probe, folder
        self.numbers = [card_number(index + 1) for index in range(count)]
        folder.mkdir()
        (folder / "passphrase.txt").write_bytes(PHRASE + b"\n")
        (folder / "numbers.txt").write_text("".join(f"{each}\n" for each in self.numbers))
        (folder / "tracks.txt").write_text(
            "".join(f";{each}=30121010000000000?\n" for each in self.numbers))
        subprocess.run([probe, "make", folder], check=True)

    def start(self, command, **options):
        return subprocess.Popen([self.probe, command, self.folder], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True, **options)

    def keys(self):
        """Every key, by purpose: those of the files, and those that are made on the way to them."""
        keyring_file.Key = RootWatch
        keyring = keyring_file.Keyring((self.folder / "keyring.json").read_bytes(), PHRASE)
        store = Store(self.folder / "cards.db", keyring)
        store.file.close()
        values = {}
        for key in [*keyring.held.values(), *store.keys.values()]:
            if key:
                values.setdefault(key.purpose, set()).add(key.value)
        keys = {f"{purpose} key" + (f" {index}" if index else ""): value
                for purpose, found in values.items() for index, value in enumerate(found)}
        return keys | RootWatch.seen

    def searches(self):
        """For every form of its keys, its passphrase and its numbers."""
        secrets = {"passphrase": PHRASE} | self.keys()
        numbers = [(number, number_forms(number)) for number in self.numbers]
        return [Search([(name, forms(value))]) for name, value in secrets.items()] + [
            Search(numbers)]

    def digit_tokens(self):
        """Tokens that are texts of digits: the last four, and perhaps the BIN, are a card's."""
        store = sqlite3.connect(self.folder / "cards.db")
        rows = store.execute("SELECT token FROM cards WHERE substr(token, 1, 1) = X'02'").fetchall()
        store.close()
        return [token_text(token) for token, in rows]

    def files(self):
        """All but those that were written for the probe and the tool to read."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.name.endswith((".txt", "cards.csv")):
                yield path.name, path.read_bytes()

    def card_count(self):
        store = sqlite3.connect(self.folder / "cards.db")
        (count,), = store.execute("SELECT count(*) FROM cards").fetchall()
        store.close()
        return count


class RootWatch(Key):
    """Notes the keys that only the reading of a keyring file has in its hands."""

    seen = {}

    def __init__(self, value, purpose, *rest, **named):
        super().__init__(value, purpose, *rest, **named)
        if purpose in ("slot", "root", "wrap"):
            RootWatch.seen[f"{purpose} key"] = value
        if purpose == "root":
            RootWatch.seen["keyring-mac key"] = self.code("card-vault/1", "keyring-mac")


def lines(process, *words):
    """Waits for each word of the probe, and lets it go on after what is done then."""
    for word in words:
        line = process.stdout.readline().strip()
        assert line == word, f"the probe said “{line}” and not “{word}”"
        yield word
        process.stdin.write("\n")
        process.stdin.flush()
    assert process.wait() == 0, "the probe failed"


def unnamed(pid):
    """What a process has open that has no name any more, beside its streams: temporary files."""
    for entry in os.scandir(f"/proc/{pid}/fd"):
        target = os.readlink(entry.path)
        if target.startswith("/") and target.endswith(" (deleted)") and int(entry.name) > 2:
            with open(entry.path, "rb") as file:
                yield target, file.read()
