// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Synchronization

/// What came of an operation.
enum Outcome: Sendable {
    case opened(Machine)
    case done(String)
    case refused(VaultError)
    case violated(String)
    /// Its process died.
    case died
}

/// A place for one process after another, and for its one operation at a time.
final class Seat {
    let name: String
    let isTool: Bool
    let fault: PlantedFault?
    let gate = Gate()
    private(set) var process: SimProcess?
    private(set) var machine: Machine?
    private(set) var running: Operation?
    /// Refusals that were right when the operation began.
    private var refusals: Set<VaultError.Code> = []
    /// How often the operation went on.
    private(set) var turnCount = 0
    private let outcome = Box()

    /// Where a task leaves what came of its operation.
    private final class Box: Sendable {
        let outcome = Mutex<Outcome?>(nil)
    }

    init(_ name: String, isTool: Bool, fault: PlantedFault?) {
        self.name = name
        self.isTool = isTool
        self.fault = fault
    }

    var isDead: Bool { process?.isDead ?? false }

    /// Begins an operation, and returns at the end of its first turn.
    func begin(_ operation: Operation, on machine: Machine) async {
        await start(operation) { .done(try await operation.run(machine)) }
    }

    /// Begins to open a vault.
    func open(_ process: SimProcess, _ root: KeyringFile?, _ clock: SimClock) async {
        self.process = process
        await start(Operation(name: "open") { _ in "" }) {
            // Who wrote the keyring lives, and has not read it again: nobody else knows its root.
            guard let root else { throw VaultError(keyring: .needsUnlock) }
            let keyring: KeyringFile
            do throws(KeyringError) {
                keyring = try KeyringFile.open(SimKeyring(process: process), sharing: root)
            } catch {
                throw VaultError(keyring: error)
            }
            let vault = try await Vault.open(keyring, process, clock)
            process.forgePins { [weak vault] keyring in vault?.forgedPin(on: keyring) }
            return .opened(Machine(vault: vault, keyring: keyring, process: process))
        }
    }

    private func start(
        _ operation: Operation, _ body: @escaping @Sendable () async throws -> Outcome
    ) async {
        running = operation
        refusals = operation.refusals()
        turnCount = 1
        guard let process else { return }
        let (box, gate) = (outcome, gate)
        await gate.turn {
            Task {
                let outcome = await Self.outcome(of: body)
                box.outcome.withLock { $0 = process.isDead ? .died : outcome }
                gate.end()
            }
        }
    }

    private static func outcome(of body: () async throws -> Outcome) async -> Outcome {
        do {
            return try await body()
        } catch let violation as Violation {
            return .violated(violation.text)
        } catch let error as VaultError {
            return .refused(error)
        } catch let error as KeyringError {
            return .refused(VaultError(keyring: error))
        } catch {
            return .violated("\(error)")
        }
    }

    /// Lets the operation go on.
    func goOn() async {
        turnCount += 1
        await gate.turn()
    }

    /// Whether the operation has not ended yet.
    var isAtWork: Bool { outcome.outcome.withLock { $0 == nil } }

    /// Lets the operation go on for some turns, or to its end.
    func goOn(times: Int) async {
        for _ in 0..<times where isAtWork { await goOn() }
    }

    /// Lets the operation go on to its end; what came of it.
    func finish() async -> Outcome {
        while true {
            if let outcome = takeOutcome() { return outcome }
            await goOn()
        }
    }

    /// What came of the operation, once it has ended.
    func takeOutcome() -> Outcome? { outcome.outcome.withLock { $0.take() } }

    /// Goes on from there.
    func settle(_ outcome: Outcome) {
        running = nil
        if case .opened(let machine) = outcome { self.machine = machine }
        if machine == nil { process = nil }
    }

    /// Makes room for another process.
    func clear() {
        running = nil
        machine = nil
        process = nil
    }
}

extension Seat {
    /// Why an outcome is wrong; nil when it is not.
    func violation(of outcome: Outcome, _ disk: SimDisk.Content) -> String? {
        switch outcome {
        case .opened, .done, .died: return nil
        case .violated(let text): return "\(running?.name ?? ""): \(text)"
        case .refused(let error):
            guard let running else { return nil }
            if refusals.union(running.refusals()).contains(error.code) { return nil }
            switch error.code {
            case .store where isTool && error.store?.code == .busy:
                // A server ended a fingerprint key meanwhile: the command is to be run again.
                return nil
            case .store, .keyringFile:
                if process?.hasFailed == true { return nil }
            case .needsUnlock:
                guard let machine, let image = disk.keyring else { return nil }
                if (try? machine.keyring.verify(image.bytes)) == nil { return nil }
            default: break
            }
            return "\(running.name): \(error.code) \(error)"
        }
    }
}

extension Outcome {
    /// As the trace has it.
    var text: String {
        switch self {
        case .opened: "opened"
        case .done(let text): text
        case .refused(let error): "refused, \(error.code)"
        case .violated(let text): text
        case .died: "died"
        }
    }
}

extension Vault {
    /// A pin with the right code, on a keyring that the store has not seen.
    func forgedPin(on keyring: Keyring) -> Pin? {
        guard let primary = self.keyring.current().primary(.seal),
            let seal = try? sealKey(primary.id)
        else { return nil }
        return Pin(on: keyring, required: keyring.required, sealedBy: seal.key)
    }
}
