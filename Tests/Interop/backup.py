# SPDX-License-Identifier: Apache-2.0
"""Checks a backup of a store, and the registers in which a store names its backups and jobs."""
import json
from hashlib import sha256

from keyring_file import take
from wire import MOMENT, PLACE, fields, require

HEX = "[0-9a-f]{%s}"
COUNT = range(2**48)
MANIFEST = {
    "format": "card-vault backup", "version": range(1, 2), "id": HEX % 32, "vault": HEX % 32,
    "created": MOMENT, "generation": PLACE, "bytes": COUNT, "sha256": HEX % 64, "cards": COUNT,
    "holds": COUNT, "audit": COUNT, "keys": [HEX % 64, range(2**20)], "seal": HEX % 64}


def check_registers(rows, seals, vault):
    """The backups of a store by their ids: moment, generation and keys of each."""
    backups = {}
    for register, key, content, seal_key, code in rows:
        require(seals[seal_key].made(
            code, "card-vault/1 row", vault, register, key, content, seal_key),
            "a register was altered")
        parts = list(fields(content))
        if register == "jobs" and key.startswith(b"unreadable "):
            require({len(part) for part in parts} == {8} and len(parts) % 2 == 0,
                    "a tally is not as described")
            continue
        if register == "jobs":
            target, place, *counts, unreadable, changed = parts
            unreadable, changed = list(fields(unreadable)), list(fields(changed))
            require(len(target) == 32 and len(place) in (0, 17) and len(key) <= 128
                    and [len(count) for count in counts] == [8] * 7
                    and {len(number) for number in unreadable[1::2]} <= {8}
                    and {len(token) for token in changed} <= {17}
                    and len(unreadable) % 2 == 0 and max(len(unreadable) // 2, len(changed)) <= 1000
                    and key.startswith(b"reseal "), "a job is not as described")
            continue
        created, generation, ids = parts
        require(register == "backups" and len(key) == 16 and len(created) == len(generation) == 8
                and len(ids) % 32 == 0, "a register is not as described")
        backups[key] = (int.from_bytes(created, "big"), int.from_bytes(generation, "big"),
                        [ids[i:i + 32] for i in range(0, len(ids), 32)])
    return backups


class Manifest:
    """What the manifest of a backup says, once its code is checked."""

    def __init__(self, folder, keyring):
        self.file, self.keyring = folder / "cards.db", keyring
        text = (folder / "manifest").read_bytes()
        body, last = text[:-49], text[-49:].decode()
        members = json.loads(body, object_pairs_hook=tuple)
        (_, _, id, vault, created, generation, self.byte_count, self.checksum, *self.counts, keys,
         seal_key) = take(members, MANIFEST, "manifest")
        seal = keyring.held[bytes.fromhex(seal_key)]
        code = take(last[5:-1], "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", "mac")
        require(len(text) <= 16 << 20 and body[-1:] == b"\n" and last[:5] + last[-1:] == "mac: \n"
                and seal.purpose == "seal" and bytes.fromhex(vault) == keyring.vault
                and seal.made(code, "card-vault/1 backup", body), "the manifest was altered")
        self.id = bytes.fromhex(id)
        self.record = created, generation, [bytes.fromhex(key) for key in keys]

    def check(self, open_store, cards, dead):
        """Reads the copy, whose cards must be those, with the keyring of the present."""
        data = self.file.read_bytes()
        require(len(data) == self.byte_count and sha256(data).hexdigest() == self.checksum,
                "the copy of the store was altered")
        store = open_store(self.file, self.keyring)
        found = sorted(row[:3] for row in store.cards())
        require(store.backups[self.id] == self.record, "the store does not know its backup")
        require(found == cards and sorted(store.dead) == dead, "unexpected cards in the backup")
        counts = [len(found) + len(store.dead), store.holds([]), store.audit({})]
        require(counts == self.counts, "the manifest counts otherwise")
        return len(found)
