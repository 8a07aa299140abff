// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// One process does the whole of something at each turn of another: what the simulation has found
/// so, at every place where it can happen.
@Suite("Keys that change between two turns") struct InterleavingTests {
    /// What a server does of whose answers the keys may not be seen.
    private enum Work: String, CaseIterable {
        case tokenize, reseal

        var operation: Operation {
            Operation(name: rawValue) { machine in
                switch self {
                case .tokenize:
                    let scope = try await machine.vault.scope(Template.scope.description)
                    return try await scope.tokenize(PAN(SandboxCards.numbers[9])).isNew.description
                case .reseal: return try await machine.vault.resealWhole()
                }
            }
        }
    }

    /// The turns between two rotations are those in which one file is read, and not the other.
    @Test(arguments: [KeyPurpose.hold, .audit, .seal], [KeyPurpose.audit, .seal])
    func `are the vault's own, and stop nobody`(
        _ first: KeyPurpose, _ second: KeyPurpose
    ) async throws {
        for work in Work.allCases {
            for distance in 1...2 {
                let count = try await Scene.atEachTurn(of: work.operation) { scene in
                    _ = try await scene.tool.rotate(.audit)
                } whole: { scene in
                    _ = try await scene.tool.rotate(first)
                    await scene.seat.goOn(times: distance)
                    _ = try await scene.tool.rotate(second)
                }
                #expect(count > 3)
            }
        }
    }

    @Test func `are those of a scope that is shredded while a reseal walks`() async throws {
        let count = try await Scene.atEachTurn(of: Work.reseal.operation) { scene in
            try await scene.addNorth()
        } whole: { scene in
            try await scene.tool.shred(Scene.north)
        }
        #expect(count > 20)
    }

    @Test func `are gone for all from one turn of a shredding on`() async throws {
        let shred = Operation(name: "shred") { machine in
            try await machine.vault.shred(Scene.north)
            return "shredded"
        }
        let count = try await Scene.atEachTurn(of: shred) { scene in
            try await scene.addNorth()
        } whole: { scene in
            _ = try await scene.tool.resealWhole()
            do {
                let north = try await scene.tool.scope(Scene.north.description)
                _ = try await north.tokenize(PAN(SandboxCards.numbers[9]))
            } catch let error as VaultError {
                #expect(error.code == .scopeShredded)
            }
        }
        #expect(count > 10)
    }
}

/// A disk with two processes: one that waits at each of its turns, and one that does not.
private struct Scene {
    static let north: ScopeID = {
        guard let scope = ScopeID("north") else { preconditionFailure("a good name") }
        return scope
    }()

    let seat = Seat("server", isTool: false, fault: nil)
    let machine: Machine
    let tool: Vault

    private init() async throws {
        let template = try await Template.shared.value
        let disk = SimDisk(template.content)
        let clock = SimClock(at: Template.begin)
        let process = SimProcess(disk)
        let keyring = try KeyringFile.open(
            SimKeyring(process: process), sharing: template.keyring)
        tool = try await Vault.open(keyring, process, clock)
        await seat.open(SimProcess(disk, gate: seat.gate), keyring, clock)
        seat.settle(await seat.finish())
        machine = try #require(seat.machine)
    }

    /// Begins `operation` anew for each of its turns, lets somebody else do something whole there,
    /// and expects that it ends as if nothing had been. Returns the number of turns.
    static func atEachTurn(
        of operation: Operation, after prepare: (Scene) async throws -> Void,
        whole deed: (Scene) async throws -> Void
    ) async throws -> Int {
        var turn = 0
        while true {
            let scene = try await Scene()
            try await prepare(scene)
            await scene.seat.begin(operation, on: scene.machine)
            await scene.seat.goOn(times: turn)
            let isOver = !scene.seat.isAtWork
            try await deed(scene)
            let outcome = await scene.seat.finish()
            guard case .done = outcome else {
                Issue.record("\(operation.name), turn \(turn): \(outcome)")
                return turn
            }
            scene.seat.settle(outcome)
            guard !isOver else { return turn }
            turn += 1
        }
    }

    /// Adds a scope with cards.
    func addNorth() async throws {
        try await tool.addScope(Self.north)
        let scope = try await tool.scope(Self.north.description)
        for number in SandboxCards.numbers.prefix(5) { _ = try await scope.tokenize(PAN(number)) }
    }
}

extension Vault {
    /// Reseals every scope; refused where a card did not open.
    fileprivate func resealWhole() async throws -> String {
        var options = ResealOptions()
        options.pageCount = 3
        var last: ResealProgress?
        for try await progress in reseal(options) { last = progress }
        guard last?.unreadableCount == 0 else { throw Violation(text: "a card did not open") }
        return "walked \(last?.walkedCount ?? 0)"
    }
}
