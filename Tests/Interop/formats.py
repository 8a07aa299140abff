# SPDX-License-Identifier: Apache-2.0
"""The small formats of WireFormat.md: frame, key id, box, card number, token."""
import base64
import hashlib
import hmac
import sys
from collections import namedtuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from nacl import bindings
from nacl.exceptions import CryptoError

Key = namedtuple("Key", "secret id purpose suite scope")


def require(condition, what):
    if not condition:
        sys.exit(f"reader: {what}")


def u(value, size):
    return b"" if value is None else value.to_bytes(size, "big")


def frame(*fields):
    fields = [field.encode() if isinstance(field, str) else field or b"" for field in fields]
    return b"".join(u(len(field), 4) + field for field in fields)


def mac(key, message):
    return hmac.digest(key, message, "sha256")


def make_key(secret, purpose, suite, scope=None):
    fields = frame("card-vault/1 key id", purpose, u(suite, 1))
    id = hashlib.blake2b(fields, key=secret, digest_size=32).digest()
    return Key(secret, id, purpose, suite, scope)


def open_xaes_256_gcm(sealed, aad, nonce, secret):
    def block(i):
        code = CMAC(AES(secret))
        code.update(bytes([0, i]) + b"X\0" + nonce[:12])
        return code.finalize()

    return AESGCM(block(1) + block(2)).decrypt(nonce[12:], sealed, aad)


OPENING = {1: bindings.crypto_aead_xchacha20poly1305_ietf_decrypt, 2: open_xaes_256_gcm}


def open_box(key, box, vault, kind, scope, record, facts):
    """Opens the stored form, `suite ‖ nonce ‖ ciphertext ‖ tag`."""
    require(len(box) > 41 and box[0] == key.suite, f"the box of a {kind} has another suite")
    header = bytes([1, key.suite]) + key.id
    aad = frame("card-vault/1", vault, kind, scope, record, facts, header)
    try:
        return OPENING[key.suite](box[25:], aad, box[1:25], key.secret)
    except (CryptoError, InvalidTag):
        require(False, f"the box of a {kind} does not open")


def unwrap(by, box, vault, scope, id, purpose, suite, created, sequence):
    facts = frame(purpose, u(suite, 1), u(created, 8), u(sequence, 8))
    secret = open_box(by, box, vault, "key", scope, id, facts)
    key = make_key(secret, purpose, suite, scope)
    require(key.id == id, "a box holds another key than the one named")
    return key


def base64url(text, count):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    require(base64.urlsafe_b64encode(data).decode().rstrip("=") == text, "this is not BASE64URL")
    require(len(data) == count, f"{count} bytes were expected")
    return data


def stored_form(key, text):
    """The stored form of a travelling box that `key` sealed."""
    box = base64url(text, 106)
    require(box[:34] == bytes([1, key.suite]) + key.id, "a box names another key")
    return box[1:2] + box[34:]


def unpack(packed):
    count, value = packed[0], int.from_bytes(packed[1:], "big")
    require(len(packed) == 9 and 8 <= count <= 19 and value < 10 ** count, "no packed digits")
    return f"{value:0{count}}"


def truncate(digits, bin):
    count = len(digits)
    leading = 0 if count <= 12 else bin if count == 16 else 6
    trailing = min(4, count // 3)
    return digits[:leading] + "*" * (count - leading - trailing) + digits[-trailing:]


def print_token(token):
    if token[0] == 1:
        value, alphabet = int.from_bytes(token[1:], "big"), "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        return "tok_" + "".join(alphabet[value >> shift & 31] for shift in range(125, -1, -5))
    require(token[0] == 2 and len(token) == 17 and token[10:] == bytes(7), "no token")
    return unpack(token[1:10])
