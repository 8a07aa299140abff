// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
internal import FoundationEssentials

/// What commands print on standard output: JSON, or text for people.
enum Report {
    /// Prints a value as one line of JSON.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try encoder.encode(value)
        Standard.output.write(String(decoding: line, as: UTF8.self) + "\n")
    }

    /// Prints a line.
    static func line(_ text: String) { Standard.output.write(text + "\n") }

    /// Prints a table with a line of titles, its columns aligned.
    static func table(_ titles: [String], _ rows: [[String]]) {
        let widths = titles.indices.map { column in
            ([titles] + rows).map { $0[column].count }.max() ?? 0
        }
        for row in [titles] + rows {
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            let line = cells.joined(separator: "  ")
            self.line(String(line.reversed().drop { $0 == " " }.reversed()))
        }
    }
}

/// A value, or an explicit null where JSON would leave a missing one out.
struct Nullable<Value: Encodable>: Encodable {
    let value: Value?

    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

/// A stored card as JSON.
struct CardReport: Encodable {
    let token: String
    let format: String
    let card: String
    let brand: String
    let expiry: String?
    let created: String
    let key: String

    init(_ card: Card) {
        token = card.token.description
        format = card.format.description
        self.card = card.display.description
        brand = card.brand.name
        expiry = card.expiry?.description
        created = card.createdAt.iso8601
        key = card.keyID.description
    }

    /// Prints the card as JSON or as lines.
    func print(json: Bool) throws {
        guard !json else { return try Report.json(self) }
        let fields = [
            ("token", token), ("format", format), ("card", card), ("brand", brand),
            ("expiry", expiry ?? "-"), ("created", created), ("key", key),
        ]
        for (name, value) in fields { Report.line("\(name): \(value)") }
    }
}
