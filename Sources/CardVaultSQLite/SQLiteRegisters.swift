// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault

/// Reading registers.
extension SQLiteReader {
    func rows(of register: Register) throws(StoreError) -> [RegisterRow] {
        try all(.rows) {
            $0.bind(1, register.rawValue)
        } decode: {
            Self.row($0, register)
        }
    }

    func row(of register: Register, key: [UInt8]) throws(StoreError) -> RegisterRow? {
        try first(.row) {
            $0.bind(1, register.rawValue)
            $0.bind(2, key)
        } decode: {
            Self.row($0, register)
        }
    }

    private static func row(_ row: SQLiteStatement, _ register: Register) -> RegisterRow {
        RegisterRow(
            register: register, key: row.bytes(0), content: row.bytes(1),
            sealKey: KeyID(ofRow: row.bytes(2)), code: row.bytes(3))
    }
}

/// Writing registers.
extension SQLiteTransaction {
    func put(_ row: RegisterRow) throws(StoreError) {
        let statement = try connection.statement(.putRow)
        statement.bind(1, row.register.rawValue)
        statement.bind(2, row.key)
        statement.bind(3, row.content)
        statement.bind(4, row.sealKey.bytes)
        statement.bind(5, row.code)
        try statement.run()
    }

    func delete(_ register: Register, key: [UInt8]) throws(StoreError) -> Bool {
        let statement = try connection.statement(.deleteRow)
        statement.bind(1, register.rawValue)
        statement.bind(2, key)
        try statement.run()
        return connection.changeCount > 0
    }
}
