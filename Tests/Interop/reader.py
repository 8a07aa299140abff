#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens a whole vault without any code of this package.

Written from Sources/CardVault/CardVault.docc/WireFormat.md alone, with PyNaCl and `cryptography`.
Every code is verified, every key unwrapped, every card opened, every search row made anew.

    reader.py KEYRING STORE PASSPHRASE-FILE [EXPECTED.json]

Prints one line of JSON with counts, and no card number. Ends with 1 and one sentence where the
vault is not as the document says, or holds other cards than expected.
"""
import hmac
import json
import re
import sqlite3
import sys
from collections import Counter, namedtuple
from pathlib import Path

from nacl import bindings

from formats import (
    base64url, frame, mac, make_key, open_box, print_token, require, stored_form, truncate, u,
    unpack, unwrap)

Keyring = namedtuple("Keyring", "vault code generation bin keys")


def unique(pairs):
    require(len(dict(pairs)) == len(pairs), "a member is there twice")
    return dict(pairs)


def open_slot(slot, vault, passphrase):
    """The root key, or nothing where the passphrase is not this slot's."""
    kdf = slot["kdf"]
    kind = slot["kind"], kdf["name"], kdf["p"]
    require(kind == ("passphrase", "argon2id13", 1), "a slot of another kind")
    require(65_536 <= kdf["m"] <= 4_194_304 and 2 <= kdf["t"] <= 100, "a cost out of bounds")
    salt = base64url(kdf["salt"], 16)
    key = make_key(bindings.crypto_pwhash_alg(
        32, passphrase, salt, kdf["t"], kdf["m"] * 1024, bindings.crypto_pwhash_ALG_ARGON2ID13),
        "slot", 1)
    if base64url(slot["box"], 106)[2:34] == key.id:
        facts = frame("passphrase", "argon2id13", u(kdf["m"], 4), u(kdf["t"], 4), u(1, 4), salt)
        box, id = stored_form(key, slot["box"]), base64url(slot["id"], 8)
        return open_box(key, box, vault, "slot", "", id, facts)


def open_keyring(text, passphrase):
    require(len(text) <= 64 << 20, "the keyring file is too large")
    body, line = text[:-49], text[-49:]
    require(body[-1:] == b"\n" and re.fullmatch(rb"mac: [\w-]{43}\n", line), "no last line")
    require(re.fullmatch(rb"[\x20-\x5b\x5d-\x7e\n]*", body), "a byte that JSON here may not have")
    file, code = json.loads(body, object_pairs_hook=unique), base64url(line[5:-1].decode(), 32)
    require((file["format"], file["version"]) == ("card-vault keyring", 1), "another format")
    vault = bytes.fromhex(file["vault"])
    roots = (open_slot(slot, vault, passphrase) for slot in file["slots"])
    root = next(filter(None, roots), None)
    require(root, "the passphrase opens no slot")
    verifier = mac(root, frame("card-vault/1", "keyring-mac"))
    require(hmac.compare_digest(mac(verifier, body), code), "the keyring file was altered")
    wrapping = make_key(mac(root, frame("card-vault/1", "wrap")), "wrap", 1)
    keys = [
        unwrap(wrapping, stored_form(wrapping, entry["box"]), vault, entry.get("scope", ""),
               bytes.fromhex(entry["id"]), entry["purpose"], entry["suite"], entry["created"],
               entry["sequence"])
        for entry in file["keys"] if entry["state"] != "destroyed"]
    return Keyring(vault, code, file["generation"], file["bin"], {key.id: key for key in keys})


def verify(keyring, seal_key, code, message, what):
    key = keyring.keys.get(seal_key)
    require(key and key.purpose == "seal", f"{what} names no seal key")
    require(hmac.compare_digest(mac(key.secret, message), code), f"{what} was altered")


def check_pin(db, keyring):
    query = "SELECT vault, generation, keyring_code, required, seal_key, code FROM pin"
    vault, generation, file_code, required, seal_key, code = next(db.execute(query))
    row = [vault, "pin", u(1, 8), u(generation, 8), file_code, u(required, 8), seal_key]
    verify(keyring, seal_key, code, frame("card-vault/1 row", *row), "the pin")
    require(vault == keyring.vault, "the pin of another vault")
    require(keyring.generation >= required, "the keyring file is older than required")
    require(keyring.generation != generation or keyring.code == file_code, "the keyring is a fork")


def open_key_set(db, keyring, number, scope, epoch, seal_key, code):
    """The keys of a scope, or of the vault itself, by their numbers."""
    columns = "number, id, purpose, suite, sequence, fence, state, dates, wrapped_by, wrapped"
    query = f"SELECT {columns} FROM keys WHERE key_set = ? ORDER BY number"
    rows = db.execute(query, [number]).fetchall()
    framed = [
        frame(u(number, 8), id, purpose, u(suite, 1), u(sequence, 8), fence, by and state, dates,
              u(by, 8), wrapped)
        for number, id, purpose, suite, sequence, fence, state, dates, by, wrapped in rows]
    message = frame("card-vault/1 key set", keyring.vault, scope, u(epoch, 8), *framed)
    verify(keyring, seal_key, code, message, f"the key set of “{scope}”")
    keys = {}
    for row in sorted(rows, key=lambda row: row[8] is not None):  # those that wrap others first
        number, id, purpose, suite, sequence, fence, state, dates, by, wrapped = row
        if by is None:
            require(id in keyring.keys, "the keyring file does not have a key")
            keys[number] = keyring.keys[id]
            require(keys[number].scope == scope, "a key of another scope")
        elif state not in ("pre-activation", "destroyed") and fence != "closed":
            created = int.from_bytes(dates[:8], "big")
            keys[number] = unwrap(
                keys[by], wrapped, keyring.vault, scope, id, purpose, suite, created, sequence)
    return keys


def open_cards(db, keyring, scope, number, keys):
    """The cards of one data key, as (token, digits, how many search rows)."""
    makers = [(n, key) for n, key in keys.items() if key.purpose == "fingerprint"]
    columns = "token, box, format, display, brand, expiry, created, expires"
    for row in db.execute(f"SELECT {columns} FROM cards WHERE key = ?", [number]).fetchall():
        token, box, format, display, brand, expiry, created, expires = row
        facts = [u(format, 1), display, u(brand, 1), u(expiry, 4), u(created, 8), u(expires, 8)]
        packed = open_box(keys[number], box, keyring.vault, "card", scope, token, frame(*facts))
        digits = unpack(packed)
        require(display == truncate(digits, keyring.bin), "display digits of another card")
        query = "SELECT key, format, fingerprint FROM fingerprints WHERE token = ?"
        rows = set(db.execute(query, [token]))
        message = frame("card-vault/1 fingerprint", scope, packed)
        made = {(n, format, mac(key.secret, message)[:16]) for n, key in makers}
        require(rows and rows <= made, "a fingerprint of another card")
        yield print_token(token), digits, len(rows)


def open_store(path, keyring):
    """How many of each there are, and the cards by scope and token."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    db.execute("BEGIN")
    kind = [next(db.execute(f"PRAGMA {name}"))[0] for name in ("application_id", "user_version")]
    require(kind == [0x43566C74, 1], "this is no store of this version")
    require(list(db.execute("SELECT id FROM vault")) == [(keyring.vault,)], "another vault")
    check_pin(db, keyring)
    counts, cards = Counter(), {}
    query = "SELECT number, scope, epoch, seal_key, code FROM key_sets"
    for number, scope, *rest in db.execute(query).fetchall():
        keys = open_key_set(db, keyring, number, scope, *rest)
        counts.update(key_sets=1, keys=len(keys))
        for number in (n for n, key in keys.items() if key.purpose == "data"):
            for token, digits, row_count in open_cards(db, keyring, scope, number, keys):
                counts.update({"cards": 1, "fingerprints": row_count})
                counts[f"suite_{keys[number].suite}"] += 1
                cards[scope, token] = digits
    for table in ("cards", "fingerprints"):
        count = next(db.execute(f"SELECT count(*) FROM {table}"))[0]
        require(counts[table] == count, f"{count - counts[table]} {table} belong to no key")
    return counts, cards


def main(keyring_path, store_path, passphrase_path, expected_path=None):
    passphrase = Path(passphrase_path).read_bytes().removesuffix(b"\n")
    keyring = open_keyring(Path(keyring_path).read_bytes(), passphrase)
    counts, cards = open_store(Path(store_path), keyring)
    if expected_path:
        expected = {(card["scope"], card["token"]): card["card_number"]
                    for card in json.loads(Path(expected_path).read_text())["cards"]}
        require(cards == expected, "other cards than expected")
    print(json.dumps({"generation": keyring.generation, **counts}))


main(*sys.argv[1:])
