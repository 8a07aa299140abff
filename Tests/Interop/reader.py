# SPDX-License-Identifier: Apache-2.0
"""Opens a vault without any code of the package, and checks each code, key, card and search row.

    reader.py KEYRING STORE PASSPHRASE_FILE EXPECTED_JSON

Written from Sources/CardVault/CardVault.docc/WireFormat.md alone, whose words it uses. Prints one
line of JSON that counts what was read, or one line that says what is wrong, with exit status 1.
"""
import json
import re
import sqlite3
import sys
from base64 import urlsafe_b64decode
from hashlib import blake2b
from hmac import compare_digest, digest as hmac
from pathlib import Path
from struct import pack, unpack

from cryptography.hazmat.primitives.ciphers import aead, algorithms
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFCMAC, CounterLocation, Mode
from nacl import bindings, pwhash

CIPHERS = {1: "XChaCha20-Poly1305", 2: "XAES-256-GCM"}
SUITES = dict(scope=[1], hold=[16], audit=[16], seal=[16], data=[1, 2], fingerprint=[16])
STATES = ["pre-activation", "active", "suspended", "deactivated", "compromised", "destroyed"]

# What the keyring file may hold: a range of integers, a pattern of text (in BASE64URL, with no
# unused bit set), [items, how many], {members}, taken in this order, or (what may be absent, None).
BOX, CODE = "AQ[E-H][A-Za-z0-9_-]{138}[AQgw]", "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
SCOPE, MOMENT, PLACE = "[a-z0-9._-]{1,64}", range(2**48), range(1, 2**63)
KDF = {"name": "argon2id13", "m": range(65_536, 4_194_305), "t": range(2, 101), "p": range(1, 2),
       "salt": "[A-Za-z0-9_-]{21}[AQgw]"}
SLOT = {"id": "[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]", "kind": "passphrase", "kdf": KDF, "box": BOX}
KEY = {"id": "[0-9a-f]{64}", "purpose": "scope|hold|audit|seal", "scope": (SCOPE, None),
       "sequence": PLACE, "suite": range(1, 17), "created": MOMENT, "state": "|".join(STATES),
       "dates": {state: (MOMENT, None) for state in STATES}, "box": (BOX, None)}
HEAD = {"format": "card-vault keyring", "version": range(1, 2), "vault": "[0-9a-f]{32}",
        "slots": [SLOT, range(1, 65)]}
KEYRING = HEAD | {
    "created": MOMENT, "generation": PLACE, "required": PLACE, "bin": range(6, 9, 2),
    "scopes": [{"id": SCOPE, "created": MOMENT, "tokens": "time|random"}, range(16_385)],
    "keys": [KEY, range(2**63)]}


def require(condition, reason):
    if not condition:
        raise ValueError(reason)


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


def frame(*fields):
    """Text stands for its ASCII bytes, an integer is a u64, None is absent."""
    fields = [b"" if field is None else field.encode() if isinstance(field, str) else
              pack(">Q", field) if isinstance(field, int) else field for field in fields]
    return b"".join(pack(">I", len(field)) + field for field in fields)


class Key:
    def __init__(self, value, purpose, suite, scope=None):
        self.value, self.purpose, self.suite, self.scope = value, purpose, suite, scope
        label = frame("card-vault/1 key id", purpose, bytes([suite]))
        self.id = blake2b(label, key=value, digest_size=32).digest()

    def code(self, *fields):
        return hmac(self.value, frame(*fields), "sha256")

    def open(self, box, *record):
        """The plaintext of a box; the record is vault id, kind, scope id, record id and facts."""
        header = bytes([1, self.suite]) + self.id
        box = box if len(box) == 106 else header[:1] + box[:1] + header[2:] + box[1:]
        require(box[:34] == header, "a box names another key")
        nonce, text, ad = box[34:58], box[58:], frame("card-vault/1", *record, header)
        if self.suite == 1:
            return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(text, ad, nonce, self.value)
        blocks = KBKDFCMAC(algorithms.AES, Mode.CounterMode, 32, 2, None,
                           CounterLocation.BeforeFixed, None, None, b"X\0" + nonce[:12])
        return aead.AESGCM(blocks.derive(self.value)).decrypt(nonce[12:], text, ad)

    def unwrap(self, box, vault, id, purpose, scope, sequence, suite, created):
        facts = frame(purpose, bytes([suite]), created, sequence)
        key = Key(self.open(box, vault, "key", scope, id, facts), purpose, suite, scope)
        require(key.id == id and suite in SUITES[purpose], "a key is another than the one named")
        return key


def digits(packed):
    count, value = unpack(">BQ", packed)
    require(8 <= count <= 19 and value < 10**count, "a packed number is none")
    return f"{value:0{count}}"


def token_text(stored, format, number, last):
    require(len(stored) == 17 and stored[0] == min(format, 2) and format <= 5, "a token is none")
    if format == 1:
        body, alphabet = int.from_bytes(stored[1:], "big"), "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        return "tok_" + "".join(alphabet[body >> shift & 31] for shift in range(125, -1, -5))
    text, first = digits(stored[1:10]), 6 if format in (3, 5) else 0
    luhn = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(text[::-1])) % 10 == 0
    require(stored[10:] == bytes(7) and luhn == (format in (4, 5)) and text != number
            and len(number) == len(text) >= first + last + 6 and text[:first] == number[:first]
            and text[-last:] == number[-last:], "a token does not fit its card")
    return text


sys.excepthook = lambda kind, error, trace: print(f"reader: {error!r}", file=sys.stderr)
keyring, store, passphrase, expected = map(Path, sys.argv[1:])

# The keyring file, step by step.
file, passphrase = keyring.read_bytes(), passphrase.read_bytes().removesuffix(b"\n")
body, last = file[:-49], file[-49:].decode()
require(len(file) <= 64 << 20 and body[-1:] == b"\n" and last[:5] + last[-1:] == "mac: \n"
        and re.fullmatch(rb"[][{}:, \n0-9]*", re.sub(rb'"[ !#-[\]-~]*"', b"", body))
        and re.fullmatch(rb"(?=.*[A-Za-z])(?=.*[0-9])[ -~]{12,1024}", passphrase),
        "the keyring file or the passphrase is not as described")
members = json.loads(body, object_pairs_hook=tuple)
_, _, vault, slots = take(tuple(pair for pair in members if pair[0] in HEAD), HEAD, "object")
vault, keyring_code, root = bytes.fromhex(vault), take(last[5:-1], CODE, "mac"), None
for id, kind, (name, m, t, p, salt), box in slots:
    key = Key(pwhash.argon2id.kdf(32, passphrase, salt, t, m << 10), "slot", 1)
    if box[2:34] == key.id:
        facts = frame(kind, name, pack(">I", m), pack(">I", t), pack(">I", p), salt)
        root = Key(key.open(box, vault, "slot", None, id, facts), "root", 0)
require(root, "no slot opens with this passphrase")
code = hmac(root.code("card-vault/1", "keyring-mac"), body, "sha256")
require(compare_digest(code, keyring_code), "the keyring file was altered")
*_, generation, required, leading, scopes, entries = take(members, KEYRING, "object")
wrapping, scopes = Key(root.code("card-vault/1", "wrap"), "wrap", 1), [row[0] for row in scopes]
places, held, keys, found, wanted = {}, {}, {}, [], set()
require(required <= generation and len(scopes) == len(set(scopes)), "a scope is there twice")
for id, purpose, scope, sequence, suite, created, state, dates, box in entries:
    id, place = bytes.fromhex(id), (purpose, scope, sequence)
    require(scope in (scopes if purpose == "scope" else [None]) and suite in SUITES[purpose]
            and (box is None) == (state == "destroyed") and dates[STATES.index(state)] is not None
            and id not in places and place not in places.values(), "a key is not as described")
    key = box and wrapping.unwrap(box, vault, id, *place, suite, created)
    places[id], held[id] = place, key if state != "pre-activation" else None

# The store, step by step.
store = sqlite3.connect(store.resolve().as_uri() + "?mode=ro", uri=True)
store.execute("BEGIN")
marks = store.execute("SELECT * FROM pragma_application_id, pragma_user_version, vault").fetchall()
require(marks == [(0x43566C74, 1, 1, vault)], "the store is another vault's, or another version's")
pins, key_sets, cards, searches = (store.execute(f"SELECT * FROM {table}").fetchall()
                                   for table in ("pin", "key_sets", "cards", "fingerprints"))
require(pins or generation == 1 and not cards, "the store has no pin")
require("" in [scope for _, scope, *_ in key_sets], "the store has no key set of the vault")
seals = {id: key for id, key in held.items() if key and key.purpose == "seal"}
for _, pinned, newest, newest_code, oldest, seal_key, code in pins:
    fields = "card-vault/1 row", vault, "pin", 1, newest, newest_code, oldest, seal_key
    require(compare_digest(seals[seal_key].code(*fields), code) and pinned == vault
            and oldest <= generation and (newest != generation or newest_code == keyring_code),
            "the pin was altered, or refuses the keyring file")
for key_set, scope, epoch, seal_key, code in key_sets:
    rows = store.execute("""SELECT number, id, purpose, char(suite), sequence, fence,
        iif(purpose IN ('data', 'fingerprint'), state, NULL), dates, wrapped_by, wrapped
        FROM keys WHERE key_set = ? ORDER BY number""", [key_set]).fetchall()
    fields = "card-vault/1 key set", vault, scope, epoch, *(frame(*row) for row in rows)
    require(compare_digest(seals[seal_key].code(*fields), code), "a key set was altered")
    for number, id, purpose, suite, sequence, fence, state, dates, wrapper, box in sorted(
            rows, key=lambda row: row[-1] is not None):
        place, dates = (purpose, scope or None, sequence), unpack(">7Q", dates)
        require(fence in ("sealing", "open-only", "closing", "closed") and state in [*STATES, None]
                and max(dates) in MOMENT and (box or places[id] == place), "a key row is wrong")
        if box is None and held[id] and fence != "closed":
            keys[number] = held[id]
        elif wrapper in keys and fence != "closed" and state not in ("pre-activation", "destroyed"):
            keys[number] = keys[wrapper].unwrap(box, vault, id, *place, ord(suite), dates[0])
for token, number, box, format, display, brand, expiry, created, expires in cards:
    key, date = keys[number], expiry and pack(">I", expiry)
    facts = frame(bytes([format]), display, bytes([brand]), date, created, expires)
    packed = key.open(box, vault, "card", key.scope, token, facts)
    pan, kept = digits(packed), {8: (0, 2), 9: (0, 3), 10: (0, 3), 11: (0, 3), 12: (0, 4)}
    first, last = kept.get(len(pan), (leading if len(pan) == 16 else 6, 4))
    require(display == pan[:first].ljust(len(pan) - last, "*") + pan[-last:] and brand <= 15
            and (expiry is None or 200001 <= expiry <= 209912 and 1 <= expiry % 100 <= 12)
            and created in MOMENT and expires is None, "the facts of a card are not as described")
    found.append((key.scope, token_text(token, format, pan, last), pan, key.suite))
    wanted |= {(row, format, search.code("card-vault/1 fingerprint", key.scope, packed)[:16], token)
               for row, search in keys.items()
               if (search.purpose, search.scope) == ("fingerprint", key.scope)}
require(wanted.issuperset(searches) and {row[3] for row in searches} == {row[0] for row in cards},
        "the search rows are not those of the cards")
require(sorted(row[:3] for row in found) == sorted(
    tuple(card.values()) for card in json.loads(expected.read_text())["cards"]), "unexpected cards")
cards = {name: [row[3] for row in found].count(suite) for suite, name in CIPHERS.items()}
print(json.dumps(dict(scopes=len(scopes), keys=len(keys), cards=cards, fingerprints=len(searches))))
