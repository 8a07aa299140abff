# SPDX-License-Identifier: Apache-2.0
"""Opens a vault without any code of the package, and checks each code, key, card, search row, hold
and entry of the audit log.

    reader.py KEYRING STORE PASSPHRASE_FILE [CARDS] [--holds FILE] [--anchors FILE] [--export FILE]
        [--backup FOLDER] [--copy FILE]

Written from Sources/CardVault/CardVault.docc/WireFormat.md alone, whose words it uses. CARDS says
which cards must be there, and no other, and which must open no more; `--holds` has handles and what
they open; anchors, exports of the log, backups and copies of the keyring are those of the tool.
Prints one line of JSON that counts what was read, or one line that says what is wrong, with exit
status 1.
"""
import argparse
import json
import sqlite3
import sys
import time
from pathlib import Path
from struct import pack, unpack

from audit import check_export, check_store, read_anchors
from backup import Manifest, check_registers
from holds import check_hold, open_hold
from keyring_file import Keyring
from wire import CIPHERS, MOMENT, STATES, digits, frame, require, token_text, unbase32

FENCES = "sealing", "open-only", "closing", "closed"
TABLES = {1: ("pin", "key_sets", "cards", "fingerprints"),
          2: ("pin", "key_sets", "cards", "fingerprints", "holds", "audit_heads", "audit")}
TABLES[3] = *TABLES[2], "registers"


class Store:
    """The rows of a store, once all are checked. Of its keys by their numbers: `keys` has those that
    open, `live` the fingerprint keys by which cards are found, `scopes` the scope of each."""

    def __init__(self, path, keyring):
        self.keyring, self.vault, self.keys, self.key_ids = keyring, keyring.vault, {}, {}
        self.live, self.scopes, self.dead = {}, {}, []
        self.file = sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)
        self.file.execute("BEGIN")
        application, self.version, row, vault = self.file.execute(
            "SELECT * FROM pragma_application_id, pragma_user_version, vault").fetchone()
        require((application, row, vault) == (0x43566C74, 1, self.vault) and self.version in TABLES,
                "the store is another vault's, or another version's")
        self.rows = {table: self.file.execute(f"SELECT * FROM {table}").fetchall()
                     for table in TABLES[self.version]}
        self.seals = {id: key for id, key in keyring.held.items() if key and key.purpose == "seal"}
        self.check_pin()
        require("" in [scope for _, scope, *_ in self.rows["key_sets"]],
                "the store has no key set of the vault")
        for row in self.rows["key_sets"]:
            self.check_key_set(*row)
        self.backups = check_registers(self.rows.get("registers", []), self.seals, self.vault)

    def check_pin(self):
        keyring, pins, self.keeps_log = self.keyring, self.rows["pin"], False
        require(pins or keyring.generation == 1 and not self.rows["cards"], "the store has no pin")
        for _, vault, newest, newest_code, oldest, seal_key, code, *chains in pins:
            self.keeps_log = any(chains)
            fields = ["card-vault/1 row", vault, "pin", 1, newest, newest_code, oldest, seal_key]
            fields += [bytes(chains)] if self.keeps_log else []
            require(self.seals[seal_key].made(code, *fields) and vault == self.vault
                    and oldest <= keyring.generation and chains in ([], [0], [1])
                    and (newest != keyring.generation or newest_code == keyring.code),
                    "the pin was altered, or refuses the keyring file")

    def check_key_set(self, key_set, scope, epoch, seal_key, code):
        rows = self.file.execute("""SELECT number, id, purpose, char(suite), sequence, fence,
            iif(purpose IN ('data', 'fingerprint'), state, NULL), dates, wrapped_by, wrapped
            FROM keys WHERE key_set = ? ORDER BY number""", [key_set]).fetchall()
        fields = "card-vault/1 key set", self.vault, scope, epoch, *(frame(*row) for row in rows)
        require(self.seals[seal_key].made(code, *fields), "a key set was altered")
        for number, id, purpose, suite, sequence, fence, state, dates, wrapper, box in sorted(
                rows, key=lambda row: row[-1] is not None):
            place, dates = (purpose, scope or None, sequence), unpack(">7Q", dates)
            is_gone = state == "destroyed"
            require(fence in FENCES and max(dates) in MOMENT and (
                self.keyring.places[id] == place and box is None if state is None else
                state in STATES and (box is None) == is_gone and (fence == "closed") >= is_gone),
                "a key row is wrong")
            self.key_ids[number], self.scopes[number] = id, scope
            if state is None and self.keyring.held[id] and fence != "closed":
                self.keys[number] = self.keyring.held[id]
            elif wrapper in self.keys and fence != "closed" and state != "pre-activation":
                self.keys[number] = self.keys[wrapper].unwrap(
                    box, self.vault, id, *place, ord(suite), dates[0])
                if purpose == "fingerprint" and fence == "sealing":
                    self.live[number] = self.keys[number]

    def cards(self):
        """Scope, token, number and suite of each card whose time is not over. `dead` has the tokens
        of those whose scope was shredded."""
        now, wanted, found = time.time() * 1000, set(), set()
        for token, number, box, format, display, brand, expiry, created, expires in (
                self.rows["cards"]):
            if number not in self.keys and self.scopes[number] in self.keyring.shredded:
                self.dead.append((self.scopes[number], token_text(token)))
                continue
            key, date = self.keys[number], expiry and pack(">I", expiry)
            facts = frame(bytes([format]), display, bytes([brand]), date, created, expires)
            packed = key.open(box, self.vault, "card", key.scope, token, facts)
            self.check_facts(digits(packed), token, format, display, brand, expiry)
            require(created in MOMENT and (expires is None or self.version > 1
                    and expires in MOMENT and created < expires), "a card has no such time")
            rows = {row: (row, format, search.code(
                "card-vault/1 fingerprint", key.scope, packed)[:16], token)
                for row, search in self.keys.items()
                if (search.purpose, search.scope) == ("fingerprint", key.scope)}
            live = [rows[row] for row in self.live if row in rows]
            wanted.update(rows.values())
            found.update(live if len(live) == 1 else [])  # else a walk is under way
            if expires is None or expires > now:
                yield key.scope, token_text(token), digits(packed), key.suite
        searches = {row for row in self.rows["fingerprints"]
                    if self.scopes[row[0]] not in self.keyring.shredded}
        require(found <= searches <= wanted and {row[3] for row in searches} ==
                {row[3] for row in wanted}, "the search rows are not those of the cards")

    def check_facts(self, pan, token, format, display, brand, expiry):
        kept = {8: (0, 2), 9: (0, 3), 10: (0, 3), 11: (0, 3), 12: (0, 4)}
        first, last = kept.get(len(pan), (self.keyring.bin if len(pan) == 16 else 6, 4))
        require(display == pan[:first].ljust(len(pan) - last, "*") + pan[-last:] and brand <= 15
                and (expiry is None or 200001 <= expiry <= 209912 and 1 <= expiry % 100 <= 12),
                "the facts of a card are not as described")
        text, first = token_text(token), 6 if format in (3, 5) else 0
        luhn = [int(d) * (1 + i % 2) for i, d in enumerate(text[::-1]) if format > 1]
        luhn = sum(map(sum, (divmod(digit, 10) for digit in luhn))) % 10 == 0
        require(token[0] == min(format, 2) and format <= 5 and (format == 1 or
                luhn == (format in (4, 5)) and text != pan and len(pan) == len(text)
                and len(text) >= first + last + 6 and text[:first] == pan[:first]
                and text[-last:] == pan[-last:]), "a token does not fit its card")

    def holds(self, handles):
        """Checks every hold, and opens those that there is a handle of."""
        rows = {}
        for id, scope, number, kind, *rest in self.rows.get("holds", []):
            check_hold(id, scope, kind, *rest)
            rows[id] = id, scope, kind, *rest
            require(self.keys[number].purpose == "hold", "a hold names another key")
            for held in handles:
                if unbase32(held["handle"][4:30], 16) == id:
                    text = open_hold(held["handle"], self.keys[number], self.vault, *rows[id])
                    require(text == held["text"], "a hold holds something else")
        require(all(unbase32(held["handle"][4:30], 16) in rows for held in handles),
                "a hold is not there")
        return len(rows)

    def audit(self, anchors):
        """Checks the log, unless the store was made before there was one."""
        head, *_ = self.rows.get("audit_heads") or [None]
        if head or self.keeps_log:
            rows = sorted(self.rows["audit"])
            return check_store(self.keyring, head, rows, self.key_ids, anchors)
        require(not anchors, "the audit log that was anchored is gone")
        return 0


def main():
    parser = argparse.ArgumentParser()
    for name in "keyring", "store", "passphrase", "--holds", "--anchors", "--backup", "--copy":
        parser.add_argument(name, type=Path)
    parser.add_argument("cards", type=Path, nargs="?")
    parser.add_argument("--export", type=Path, action="append", default=[])
    files = parser.parse_args()

    keyring = Keyring(files.keyring.read_bytes(), files.passphrase.read_bytes())
    store = Store(files.store, keyring)
    found = list(store.cards())
    if files.cards:
        expected = json.loads(files.cards.read_text())
        cards = sorted(tuple(card.values()) for card in expected["cards"])
        dead = sorted(tuple(card.values()) for card in expected.get("shredded", []))
        require(sorted(row[:3] for row in found) == cards and sorted(store.dead) == dead,
                "unexpected cards")
    handles = json.loads(files.holds.read_text())["holds"] if files.holds else []
    anchors = read_anchors(files.anchors.read_text(), keyring.vault) if files.anchors else {}
    counts = dict(
        scopes=len(keyring.scopes), keys=len(store.keys),
        cards={name: [row[3] for row in found].count(id) for id, name in CIPHERS.items()},
        fingerprints=len(store.rows["fingerprints"]), holds=store.holds(handles),
        audit=store.audit(anchors))
    counts |= dict(gone=list(keyring.held.values()).count(None), backups=len(store.backups))
    if files.backup:
        counts["backup"] = Manifest(files.backup, keyring).check(Store, cards, dead)
    if files.copy:
        copy = Keyring(files.copy.read_bytes(), files.passphrase.read_bytes())
        require(copy.generation in keyring.copies, "the copy of the keyring is not registered")
        counts["pending"] = sum(
            generation < end for end in keyring.shredded.values() for generation in keyring.copies)
    for file in files.export:
        counts["exported"] = check_export(keyring, file.read_text(), anchors)
    print(json.dumps(counts))


if __name__ == "__main__":
    sys.excepthook = lambda kind, error, trace: print(f"reader: {error!r}", file=sys.stderr)
    main()
