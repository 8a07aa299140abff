// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault

/// A run: two servers and a tool over one disk, in the order and with the misfortunes that its seed
/// gives.
final class Simulation {
    struct Report: Sendable, Equatable {
        let trace: [String]
        /// What should not have happened; nil when all went well.
        let violation: String?
    }

    private static let stepCount = 240
    /// How many steps there are between two looks at everything.
    private static let examinationInterval = 80

    let dice: Dice
    let disk: SimDisk
    let clock: SimClock
    let witness: Witness
    let roots: Roots
    let deck: Deck
    let seats: [Seat]
    var trace: [String] = []
    private var generation: UInt64 = 0

    init(seed: UInt64, fault: PlantedFault? = nil, on template: Template) {
        let quiet = seed % 4 == 0
        dice = Dice(seed: seed, trouble: quiet ? 0 : 4)
        disk = SimDisk(template.content)
        clock = SimClock(at: Template.begin)
        let ledger = Ledger(template.ledger)
        witness = Witness(ledger)
        roots = Roots(template.keyring)
        deck = Deck(
            dice: dice, ledger: ledger, clock: clock, disk: disk, roots: roots,
            rotatesRoot: seed % 8 == 1)
        seats = ["server 1", "server 2", "tool"].map { name in
            let isTool = name == "tool"
            return Seat(
                name, isTool: isTool,
                fault: fault.flatMap { $0.concerns(isTool: isTool) ? $0 : nil }
            )
        }
    }

    /// Runs to the end, or to the first thing that should not have happened.
    func run() async -> Report {
        for step in 1...Self.stepCount where witness.violation == nil {
            await self.step()
            witness.check(disk.content, at: clock.last)
            checkGeneration()
            if step % Self.examinationInterval == 0 { await examine() }
        }
        if witness.violation == nil { await finish() }
        let report = Report(trace: trace, violation: witness.violation)
        for seat in seats where seat.running != nil { await kill(seat) }
        disk.wipe()
        return report
    }

    /// Lets one process go on, or something happen to it.
    private func step() async {
        if dice.strikes() { return await losePower() }
        guard let seat = dice.pick(seats + seats.suffix(1)) else { return }
        guard seat.running == nil else {
            if dice.strikes(times: 5) { return await kill(seat) }
            return await turn(seat)
        }
        if dice.roll(30) == 0 { clock.skip(dice.roll(300)) }
        await begin(nil, at: seat)
    }

    /// Begins an operation: the next one that is drawn, unless one is named.
    func begin(_ operation: Operation?, at seat: Seat) async {
        guard let machine = seat.machine else { return await open(seat) }
        machine.process.forgetFailures()
        let operation = operation ?? deck.draw(for: machine, isTool: seat.isTool)
        note(seat, operation.name)
        await seat.begin(operation, on: machine)
        settle(seat)
    }

    /// Lets the operation of a process go on until it waits again.
    func turn(_ seat: Seat) async {
        await seat.goOn()
        settle(seat)
    }

    private func open(_ seat: Seat) async {
        let process = SimProcess(
            disk, gate: seat.gate, dice: dice, witness: witness, fault: seat.fault)
        note(seat, "open")
        if let tool = seats.last?.machine?.keyring { roots.note(tool, disk.content.keyring) }
        await seat.open(process, roots.opening(disk.content.keyring), clock)
        settle(seat)
    }

    /// Looks at what came of a turn.
    private func settle(_ seat: Seat) {
        guard let outcome = seat.takeOutcome() else { return }
        note(seat, "\(outcome.text), \(seat.turnCount) turns")
        if let violation = seat.violation(of: outcome, disk.content) {
            witness.report("\(seat.name): \(violation)")
        }
        seat.settle(outcome)
        if seat.isDead { bury(seat) }
        if seat.isTool, let keyring = seat.machine?.keyring {
            roots.note(keyring, disk.content.keyring)
        }
    }

    /// Kills a process where it waits.
    func kill(_ seat: Seat) async {
        note(seat, "killed")
        seat.process?.kill()
        await turn(seat)
        bury(seat)
    }

    private func losePower() async {
        trace.append("power lost")
        let isTakenBack = dice.roll(2) == 0
        for seat in seats where seat.process != nil { seat.process?.kill() }
        if isTakenBack { disk.change { $0.keyring = $0.durableKeyring } }
        for seat in seats {
            if seat.running != nil { await turn(seat) }
            bury(seat)
        }
        generation = disk.content.keyring?.keyring.generation ?? 0
    }

    /// Keeps the root key of a process that died, which nobody else may have yet.
    private func bury(_ seat: Seat) {
        guard let machine = seat.machine else { return seat.clear() }
        if seat.isTool {
            machine.process.revive()
            _ = try? machine.keyring.reload()
            machine.process.kill()
            roots.note(machine.keyring, disk.content.keyring)
        }
        seat.clear()
    }

    private func checkGeneration() {
        let now = disk.content.keyring?.keyring.generation ?? 0
        witness.require(now >= generation, "the keyring got older")
        generation = now
    }

    func examine() async {
        // A root key that only its maker knows yet opens nothing for others.
        if let tool = seats.last?.machine?.keyring { roots.note(tool, disk.content.keyring) }
        guard roots.opening(disk.content.keyring) != nil else { return }
        do {
            try await Examiner(disk: disk, roots: roots, ledger: witness.ledger, clock: clock)
                .examine()
        } catch let violation as Violation {
            witness.report("examiner: \(violation.text)")
        } catch {
            witness.report("examiner: \(error)")
        }
    }

    func note(_ seat: Seat, _ text: String) { trace.append("\(seat.name): \(text)") }
}
