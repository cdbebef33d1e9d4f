import RPCCore
import WorkbenchModel

/// The messages of a call that was made here: the newest in memory, and all of them where the call is recorded.
final class CallTranscript: TranscriptReading {
    private let newest = MemoryTranscript()
    /// Where what records calls leaves the record.
    let record: RecordPlace

    init(record: RecordPlace) {
        self.record = record
    }

    /// What the history has of the call.
    var placeInHistory: CallProgress.Record {
        guard let record = record.transcript else { return .none }
        if let call = record.call { return .call(call) }
        return record.isGrowing ? .begun : .none
    }

    func append(_ messages: [StreamMessage], to direction: Direction) {
        newest.append(messages, to: direction)
    }

    func count(of direction: Direction) -> Int { newest.count(of: direction) }

    func kept(of direction: Direction) -> Range<Int> {
        let kept = newest.kept(of: direction)
        // What is not in memory any more is on the disk, or on its way there. Where nothing more gets there, there may be a gap.
        guard let record = record.transcript, record.isGrowing || record.count(of: direction) >= kept.lowerBound - 1
        else {
            return kept
        }
        return 1..<kept.upperBound
    }

    func messages(of direction: Direction, in numbers: Range<Int>) -> [StreamMessage] {
        let new = newest.messages(of: direction, in: numbers)
        let older = older(than: new, numbers, direction)
        guard !older.isEmpty, let record = record.transcript else { return new }
        let old = record.messages(of: direction, in: older)
        return old.count == older.count ? old + new : old
    }

    func read(_ direction: Direction, _ numbers: Range<Int>) async throws -> [StreamMessage] {
        let new = newest.messages(of: direction, in: numbers)
        let older = older(than: new, numbers, direction)
        guard !older.isEmpty, let record = record.transcript else { return new }
        return try await record.read(direction, older) + new
    }

    func number(of direction: Direction, at time: Duration) async throws -> Int? {
        let oldest = newest.kept(of: direction).lowerBound
        if let record = record.transcript, kept(of: direction).lowerBound < oldest {
            // The last one that is not in memory may be on its way to the disk.
            let last = try await record.read(direction, oldest - 1..<oldest).last
            if let last, last.time >= time { return try await record.number(of: direction, at: time) }
        }
        return try await newest.number(of: direction, at: time)
    }

    /// Those of the numbers that are kept, and not in memory.
    private func older(than new: [StreamMessage], _ numbers: Range<Int>, _ direction: Direction) -> Range<Int> {
        let kept = kept(of: direction)
        let end = new.first?.number ?? min(numbers.upperBound, kept.upperBound)
        return (min(numbers.lowerBound, end)..<end).clamped(to: kept)
    }
}
