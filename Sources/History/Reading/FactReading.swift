public import RPCCore

extension HistoryStore {
    /// The rules by which the answers of a call belong to its requests, as they were at its end.
    public func pairings(of call: RecordedCall) async throws -> Pairings {
        var pairings = Pairings()
        guard call.head.kind == .bidirectional else { return pairings }
        pairings.distrustsNumbers = true
        try await facts(of: call) { if case .paired(let rule) = $0 { pairings.apply(rule) } }
        return pairings
    }

    /// Goes through the events of a call that are no messages and say nothing of single ones: attempts, notices, the end. Needs
    /// the memory of a few blocks, and reads no message, however many there are.
    /// - Throws: ``HistoryError``; `CancellationError` when the task is cancelled.
    public func facts(of call: RecordedCall, _ body: (CallEvent) -> Void) async throws {
        var facts = EntryCursor.facts(of: call, in: self)
        while let fact = try await facts.next() { body(fact.event) }
    }
}

extension Block {
    /// The events of a block of facts.
    /// - Parameter start: When the call began.
    /// - Throws: ``BlockDamage`` where it is none.
    func facts(start: Duration, of method: MethodSchema) throws -> [EventLine] {
        try data.split(separator: UInt8(ascii: "\n")).map { line in
            guard let fact = try? EventLine(line, start: start, of: method) else { throw BlockDamage() }
            return fact
        }
    }
}
