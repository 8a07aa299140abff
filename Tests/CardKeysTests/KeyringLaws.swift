// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Testing

/// What holds of every keyring file.
enum KeyringLaws {
    /// Two keyrings are the same value.
    static func expectSame(_ a: Keyring, _ b: Keyring) {
        #expect(a.code == b.code)
        #expect(KeyringText.print(a) == KeyringText.print(b))
    }

    /// What a process knows of a file is what the file says.
    static func expectCurrent(_ file: KeyringFile) throws {
        expectSame(file.current(), try file.verify(file.source.text()))
    }

    /// Every key that is not destroyed unwraps to a key of its id, purpose and suite.
    static func expectEveryKeyUnwraps(_ file: KeyringFile) throws {
        for key in file.current().keys where key.state != .destroyed {
            let material = try file.unwrap(key.id)
            #expect(material.id == key.id)
            #expect(material.purpose == key.purpose)
            #expect(material.suite == key.suite)
        }
    }
}
