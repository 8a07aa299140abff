# SPDX-License-Identifier: Apache-2.0
"""Opens a keyring file with its passphrase, step by step as WireFormat.md says."""
import json
import re
from base64 import urlsafe_b64decode
from hmac import compare_digest, digest as hmac
from struct import pack

from nacl import pwhash

from wire import MOMENT, PLACE, SCOPE, STATES, SUITES, Key, frame, require

# What the file may hold: a range of integers, a pattern of text (in BASE64URL, with no unused bit
# set), [items, how many], {members}, taken in this order, or (what may be absent, None).
BOX, CODE = "AQ[E-H][A-Za-z0-9_-]{138}[AQgw]", "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
KDF = {"name": "argon2id13", "m": range(65_536, 4_194_305), "t": range(2, 101), "p": range(1, 2),
       "salt": "[A-Za-z0-9_-]{21}[AQgw]"}
SLOT = {"id": "[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]", "kind": "passphrase", "kdf": KDF, "box": BOX}
KEY = {"id": "[0-9a-f]{64}", "purpose": "scope|hold|audit|seal", "scope": (SCOPE, None),
       "sequence": PLACE, "suite": range(1, 17), "created": MOMENT, "state": "|".join(STATES),
       "dates": {state: (MOMENT, None) for state in STATES}, "box": (BOX, None)}
DAYS, NAME = range(1, 36_501), "[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]"
PERIOD = {"purpose": "|".join([*SUITES, "slot", "wrap", "token"]),
          "originator": DAYS, "recipient": DAYS}
COPY = {"id": NAME, "created": MOMENT, "generation": PLACE, "destroyed": (MOMENT, None)}
HEAD = {"format": "card-vault keyring", "version": range(1, 2), "vault": "[0-9a-f]{32}",
        "slots": [SLOT, range(1, 65)]}
KEYRING = HEAD | {
    "created": MOMENT, "generation": PLACE, "required": PLACE, "bin": range(6, 9, 2),
    "scopes": [{"id": SCOPE, "created": MOMENT, "tokens": "time|random",
                "shredded": (PLACE, None)}, range(16_385)],
    "keys": [KEY, range(2**63)],
    "periods": ([PERIOD, range(1, 10)], None), "copies": ([COPY, range(1, 1_025)], None)}


def take(value, allowed, name):
    match allowed, value:
        case (some, None), _:
            return None if value is None else take(value, some, name)
        case [item, lengths], list() if len(value) in lengths:
            return [take(each, item, name) for each in value]
        case dict(), tuple() if {*dict(value)} <= {*allowed} and len(dict(value)) == len(value):
            return [take(dict(value).get(each), allowed[each], each) for each in allowed]
        case range(), int() if value in allowed:
            return value
        case str(), str() if re.fullmatch(allowed, value):
            return urlsafe_b64decode(value + "==") if "A-Za-z" in allowed else value
    raise ValueError(f"the keyring file: {name} is not as described")


class Keyring:
    """The keys of the file: `places` has purpose, scope and sequence of each id, `held` its bytes,
    or None for a key that may not be used. `shredded` has the scopes whose keys were destroyed,
    `copies` the file's copies that were exported and not destroyed, by their generations."""

    def __init__(self, file, passphrase):
        passphrase = passphrase.removesuffix(b"\n")
        body, last = file[:-49], file[-49:].decode()
        require(len(file) <= 64 << 20 and body[-1:] == b"\n" and last[:5] + last[-1:] == "mac: \n"
                and re.fullmatch(rb"[][{}:, \n0-9]*", re.sub(rb'"[ !#-[\]-~]*"', b"", body))
                and re.fullmatch(rb"(?=.*[A-Za-z])(?=.*[0-9])[ -~]{12,1024}", passphrase),
                "the keyring file or the passphrase is not as described")
        members = json.loads(body, object_pairs_hook=tuple)
        head = tuple(pair for pair in members if pair[0] in HEAD)
        _, _, vault, slots = take(head, HEAD, "object")
        self.vault, self.code = bytes.fromhex(vault), take(last[5:-1], CODE, "mac")
        root = self.open_slot(slots, passphrase)
        code = hmac(root.code("card-vault/1", "keyring-mac"), body, "sha256")
        require(compare_digest(code, self.code), "the keyring file was altered")
        *_, self.generation, self.required, self.bin, scopes, keys, periods, copies = take(
            members, KEYRING, "object")
        self.scopes, copies = [row[0] for row in scopes], copies or []
        self.shredded = {id: end for id, _, _, end in scopes if end is not None}
        self.copies = [generation for _, _, generation, end in copies if end is None]
        require(self.required <= self.generation and len(scopes) == len(set(self.scopes)),
                "a scope is there twice")
        require(len({row[0] for row in copies}) == len(copies)
                and max([0, *self.shredded.values(), *(row[2] for row in copies)])
                <= self.generation, "a copy or an end of a scope is not as described")
        require(len({row[0] for row in periods or []}) == len(periods or [])
                and all(first <= last for _, first, last in periods or []), "a period is none")
        self.unwrap(Key(root.code("card-vault/1", "wrap"), "wrap", 1), keys)

    def open_slot(self, slots, passphrase):
        for id, kind, (name, m, t, p, salt), box in slots:
            key = Key(pwhash.argon2id.kdf(32, passphrase, salt, t, m << 10), "slot", 1)
            if box[2:34] == key.id:
                facts = frame(kind, name, pack(">I", m), pack(">I", t), pack(">I", p), salt)
                return Key(key.open(box, self.vault, "slot", None, id, facts), "root", 0)
        raise ValueError("no slot opens with this passphrase")

    def unwrap(self, wrapping, keys):
        self.places, self.held = {}, {}
        for id, purpose, scope, sequence, suite, created, state, dates, box in keys:
            id, place = bytes.fromhex(id), (purpose, scope, sequence)
            require(scope in (self.scopes if purpose == "scope" else [None])
                    and suite in SUITES[purpose] and (box is None) == (state == "destroyed")
                    and (box is None or scope not in self.shredded)
                    and dates[STATES.index(state)] is not None and id not in self.places
                    and place not in self.places.values(), "a key is not as described")
            key = box and wrapping.unwrap(box, self.vault, id, *place, suite, created)
            self.places[id], self.held[id] = place, key if state != "pre-activation" else None
