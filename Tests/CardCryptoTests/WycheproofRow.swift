// SPDX-License-Identifier: Apache-2.0
internal import TestSupport

/// A Wycheproof file: groups of rows that share their sizes.
struct Wycheproof<Row: Decodable>: Decodable {
    struct Group: Decodable {
        let keySize: Int
        let ivSize: Int?
        let tagSize: Int
        let tests: [Row]
    }

    let numberOfTests: Int
    let testGroups: [Group]

    /// All rows of the groups that `isIncluded` takes.
    func rows(where isIncluded: (Group) -> Bool = { _ in true }) -> [Row] {
        testGroups.filter(isIncluded).flatMap(\.tests)
    }
}

/// A row of authenticated encryption.
struct AEADRow: Decodable {
    let tcId: Int
    let key: Hex
    let iv: Hex
    let aad: Hex
    let msg: Hex
    let ct: Hex
    let tag: Hex
    let result: String

    var sealed: [UInt8] { ct.bytes + tag.bytes }
    var isValid: Bool { result == "valid" }
}

/// A row of message authentication.
struct MACRow: Decodable {
    let tcId: Int
    let key: Hex
    let msg: Hex
    let tag: Hex
    let result: String

    var isValid: Bool { result == "valid" }
}
