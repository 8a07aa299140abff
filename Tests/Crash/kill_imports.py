# SPDX-License-Identifier: Apache-2.0
"""Kills imports at random moments: kill_imports.py TOOL KILLS [SEED].

After each kill every token that the output shows must be in the store, and no card may have two. Each
import is resumed until it completes; then every row has its card's only token, and a sample of them
gives its card number back.
"""

import csv
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from vault import Vault, luhn, must_find

ROWS = 60_000


def write_cards(path: pathlib.Path, seed: random.Random) -> list[str]:
    """Cards of a sandbox range; every tenth is there twice."""
    cards = [luhn(f"400000{seed.randrange(10**9):09}") for _ in range(ROWS)]
    for index in range(0, ROWS, 10):
        cards[index] = cards[seed.randrange(ROWS)]
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["customer", "card_number", "note"])
        rows.writerows([f"C-{i}", card, 'a, "b"'] for i, card in enumerate(cards))
    return cards


def tokens(path: pathlib.Path) -> list[str]:
    """The tokens of every whole row."""
    if not path.exists():
        return []
    text = path.read_text()
    whole = text[: text.rfind("\n") + 1]
    return [row[1] for row in csv.reader(whole.splitlines()) if row[1] != "token"]


def check(vault: Vault, shown: list[str], cards: set[str]) -> None:
    """Every token that was shown is in the store, and no card has two."""
    assert vault.has(set(shown)), "a token of the output is not in the store"
    assert vault.check() <= len(cards), "a card has two tokens"


def main() -> None:
    tool, kills = sys.argv[1], int(sys.argv[2])
    seed = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    folder = pathlib.Path(tempfile.mkdtemp())
    killed = completed = shown = 0
    # How long an import writes, about: found by what the kills met.
    tail = 1.0
    while killed < kills:
        vault = Vault(tool, folder / str(completed))
        vault.must("init")
        cards = write_cards(vault.folder / "cards.csv", seed)
        out = vault.folder / "tokens.csv"
        arguments = ("import", "cards.csv", "--pan-column", "card_number", "--out", "tokens.csv")
        started = time.monotonic()
        vault.must("scope", "list")
        unlocking = time.monotonic() - started
        while not out.exists():
            process = subprocess.Popen(
                vault.command(*arguments, "--resume"), cwd=vault.folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                # Most kills fall after the passphrase has been stretched, where writing begins.
                process.wait(unlocking * 0.8 + seed.uniform(0, tail))
                assert process.returncode == 0, process.returncode
                tail *= 0.6
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
                tail *= 1.1
            found = tokens(out if out.exists() else vault.folder / "tokens.csv.part")
            shown += len(found)
            check(vault, found, set(cards))
        completed += 1
        found = tokens(out)
        assert len(found) == len(cards), (len(found), len(cards))
        assert len(set(zip(cards, found))) == len(set(cards)) == vault.check()
        for index in seed.sample(range(len(cards)), 3):
            number = vault.must("detokenize", found[index], "--purpose", "test").strip()
            assert number == cards[index]
        if killed >= kills:
            vault.lose(found[-1])
            must_find("a token of the output is not in the store", check, vault, found, set(cards))
        shutil.rmtree(vault.folder)
    shutil.rmtree(folder)
    assert shown > 0
    print(f"{killed} kills, {completed} imports completed, {shown} shown tokens in the store: passed")


main()
