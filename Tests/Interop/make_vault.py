#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a vault of published sandbox numbers with the tool, and writes down what must be in it.

    make_vault.py TOOL FOLDER

FOLDER must not exist. It gets keyring.json, cards.db, passphrase.txt and expected.json: the scope
`default`, of the suite that the machine chooses, and one scope of each suite, so that boxes of both
are in every vault. The cards of Examples/cards.csv are in all three. One card is asked back, once
in vain; then anchors.jsonl and export.jsonl get an anchor of the audit log and an export of it.
"""
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

CARDS = Path(__file__).resolve().parents[2] / "Examples" / "cards.csv"
SCOPES = [("default", "opaque"), ("xchacha", "opaque"), ("xchacha", "last-four"),
          ("xaes", "opaque"), ("xaes", "bin-last-four-luhn")]
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

    cards = []
    run("init")
    run("scope", "add", "xchacha", "--suite", "xchacha20-poly1305", "--random-tokens")
    run("scope", "add", "xaes", "--suite", "xaes-256-gcm")
    for scope, format in SCOPES:
        with tempfile.TemporaryDirectory() as results:
            out = Path(results) / "tokens.csv"
            run("import", CARDS, "--pan-column", "card_number", "--out", out, "--scope", scope,
                "--format", format, "--narrow", "last-four")
            tokens, numbers = column(out, "token"), column(CARDS, "card_number")
        cards += [{"scope": scope, "token": token, "card_number": number}
                  for token, number in zip(tokens, numbers, strict=True)]
    lines = ",\n".join(json.dumps(card) for card in cards)
    (folder / "expected.json").write_text('{"cards": [\n' + lines + "\n]}\n")

    token, number = cards[0]["token"], cards[0]["card_number"]
    run("detokenize", token, "--purpose", r'chargeback "1021" \ till 3')
    run("detokenize", token, "--purpose", number, code=1)  # a purpose holds no card number
    run("audit", "anchor", "--to", "anchors.jsonl")
    run("audit", "export", "--out", "export.jsonl")


def column(path, name):
    with open(path, newline="", encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


main(*sys.argv[1:])
