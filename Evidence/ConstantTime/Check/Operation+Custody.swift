// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import CMemcheck
internal import SecretMemory

/// What people and callers keep: passphrases, handles of holds.
extension Operation {
    private static let handleText =
        "hld_" + "01K9ZZ5R4T8Q2V6X3Y7W1ABCDE" + String(repeating: "0123456789ABC", count: 4)

    static let custody = [
        Operation("passphrase check, accepted") {
            let text = Secret.bytes(Array("correct horse 42 battery".utf8))
            _ = try Passphrase(text.span, locking: .optedOut)
        },
        Operation("passphrase check, refused") {
            let text = Secret.bytes(Array("correct horse battery".utf8))
            var isTaken = true
            do throws(PassphraseError) {
                _ = try Passphrase(text.span, locking: .optedOut)
            } catch {
                isTaken = error != .tooUniform
            }
            require(!isTaken, "a passphrase without a digit is refused")
        },
        Operation("passphrase made") {
            memcheck_mark_random(1)
            let passphrase = try Passphrase.generate(locking: .optedOut)
            memcheck_mark_random(0)
            passphrase.withBytes { Secret.release($0) }
        },
        Operation("handle of a hold: parse and print") {
            let handle = try HoldHandle(Secret.bytes(Array(handleText.utf8)).span)
            handle.withText { text in
                Secret.release(text)
                require(text.count == HoldHandle.textByteCount, "a handle is printed")
            }
        },
    ]
}
