#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a vault of published sandbox numbers with the tool, and writes down what must be in it.

    make_vault.py TOOL FOLDER

FOLDER must not exist. It gets keyring.json, cards.db, passphrase.txt and expected.json: the scope
`default`, of the suite that the machine chooses, one scope of each suite, so that boxes of both are
in every vault, and one that is shredded. The cards of Examples/cards.csv are in all four. Every key
is rotated, most old ones are destroyed, one is compromised; `backup` and keyring-copy.json are from
before the end of the scope that was shredded. One card is asked back, once in vain; then
anchors.jsonl and export.jsonl get an anchor of the audit log and an export of it.
"""
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

CARDS = Path(__file__).resolve().parents[2] / "Examples" / "cards.csv"
SCOPES = [("default", "opaque"), ("xchacha", "opaque"), ("xchacha", "last-four"),
          ("xaes", "opaque"), ("xaes", "bin-last-four-luhn"), ("doomed", "opaque")]
PASSPHRASE = "published sandbox numbers 1\n"  # it protects nothing: the numbers are published


def main(tool, folder):
    tool, folder = Path(tool).resolve(), Path(folder)
    folder.mkdir(mode=0o700)
    (folder / "passphrase.txt").write_text(PASSPHRASE)

    def run(*arguments, code=0):
        options = ["--keyring", "keyring.json", "--store", "cards.db"]
        command = [tool, *arguments, *options, "--passphrase-file", "passphrase.txt"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode != code:
            sys.exit(f"{arguments[0]}: exit code {done.returncode}: {done.stderr}")
        return done.stdout

    cards = []
    run("init")
    run("scope", "add", "xchacha", "--suite", "xchacha20-poly1305", "--random-tokens")
    run("scope", "add", "xaes", "--suite", "xaes-256-gcm")
    run("scope", "add", "doomed")
    for scope, format in SCOPES:
        with tempfile.TemporaryDirectory() as results:
            out = Path(results) / "tokens.csv"
            run("import", CARDS, "--pan-column", "card_number", "--out", out, "--scope", scope,
                "--format", format, "--narrow", "last-four")
            tokens, numbers = column(out, "token"), column(CARDS, "card_number")
        cards += [{"scope": scope, "token": token, "card_number": number}
                  for token, number in zip(tokens, numbers, strict=True)]
    live(run)
    alive = [card for card in cards if card["scope"] != "doomed"]
    dead = [{"scope": "doomed", "token": card["token"]} for card in cards if card not in alive]
    lines = [",\n".join(json.dumps(card) for card in rows) for rows in (alive, dead)]
    (folder / "expected.json").write_text(
        '{"cards": [\n' + lines[0] + '\n], "shredded": [\n' + lines[1] + "\n]}\n")

    token, number = cards[0]["token"], cards[0]["card_number"]
    run("detokenize", token, "--purpose", r'chargeback "1021" \ till 3')
    run("detokenize", token, "--purpose", number, code=1)  # a purpose holds no card number
    run("audit", "anchor", "--to", "anchors.jsonl")
    run("audit", "export", "--out", "export.jsonl")


def live(run):
    """What happens to a vault in its life."""
    for purpose in "scope", "data", "fingerprint":
        run("key", "rotate", purpose, "--all")
    for purpose in "hold", "audit", "seal":
        run("key", "rotate", purpose)
    run("reseal")
    keys = json.loads(run("inventory", "--json"))["keys"]
    counts = "records", "fingerprints", "holds", "wrappedKeys", "auditEntries", "sealsRows"
    old = [key for key in keys if key["state"] == "deactivated"]
    for key in old:
        # The entries of the log need the old audit key; one key of each other kind stays, too.
        if not any(key[count] for count in counts) and key["scope"] != "xaes":
            run("key", "destroy", key["id"], "--yes")
    run("key", "period", "data", "--originator", "365", "--recipient", "1460")
    run("keyring", "export", "keyring-copy.json")
    run("backup", "backup")
    suspect, = (key["id"] for key in keys if (
        key["purpose"], key["scope"], key["state"]) == ("data", "xchacha", "active"))
    run("key", "compromise", suspect)
    run("reseal")
    run("shred", "doomed", "--confirm", "doomed")
    run("key", "rotate", "root", "--all")
    run("key", "activate")
    run("reseal", "--scope", "default")  # elsewhere a walk is under way


def column(path, name):
    with open(path, newline="", encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


main(*sys.argv[1:])
