public import GreeterCore

extension HistoryStore {
    /// The rules by which the answers of a call belong to its requests, as they were at its end.
    public func pairings(of call: RecordedCall) async throws(HistoryError) -> Pairings {
        var pairings = Pairings()
        guard call.head.kind == .bidirectional else { return pairings }
        pairings.distrustsNumbers = true
        try await facts(of: call) { if case .paired(let rule) = $0 { pairings.apply(rule) } }
        return pairings
    }

    /// Goes through the events of a call that are no messages and say nothing of single ones: attempts, notices, the end. Needs
    /// the memory of a few blocks, and reads no message, however many there are.
    public func facts(of call: RecordedCall, _ body: (CallEvent) -> Void) async throws(HistoryError) {
        let place = "call \(call.id)"
        do {
            var cursor = BlockCursor(.facts, of: call.id, in: self)
            while let block = try await cursor.nextBlock() {
                for line in block.data.split(separator: UInt8(ascii: "\n")) {
                    guard let line = try? EventLine(line, start: call.start) else { throw BlockDamage() }
                    body(line.event)
                }
            }
        } catch {
            throw HistoryError(error, at: place)
        }
    }
}
