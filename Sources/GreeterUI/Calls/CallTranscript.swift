import GreeterCore
import GreeterViewModel

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

    func append(_ messages: [StreamMessage], to half: StreamHalf) {
        newest.append(messages, to: half)
    }

    func count(of half: StreamHalf) -> Int { newest.count(of: half) }

    func kept(of half: StreamHalf) -> Range<Int> {
        let kept = newest.kept(of: half)
        // What is not in memory any more is on the disk, or on its way there. Where nothing more gets there, there may be a gap.
        guard let record = record.transcript, record.isGrowing || record.count(of: half) >= kept.lowerBound - 1 else {
            return kept
        }
        return 1..<kept.upperBound
    }

    func messages(of half: StreamHalf, in numbers: Range<Int>) -> [StreamMessage] {
        let new = newest.messages(of: half, in: numbers)
        let older = older(than: new, numbers, half)
        guard !older.isEmpty, let record = record.transcript else { return new }
        let old = record.messages(of: half, in: older)
        return old.count == older.count ? old + new : old
    }

    func read(_ half: StreamHalf, _ numbers: Range<Int>) async throws -> [StreamMessage] {
        let new = newest.messages(of: half, in: numbers)
        let older = older(than: new, numbers, half)
        guard !older.isEmpty, let record = record.transcript else { return new }
        return try await record.read(half, older) + new
    }

    func number(of half: StreamHalf, at time: Duration) async throws -> Int? {
        let oldest = newest.kept(of: half).lowerBound
        if let record = record.transcript, kept(of: half).lowerBound < oldest {
            // The last one that is not in memory may be on its way to the disk.
            let last = try await record.read(half, oldest - 1..<oldest).last
            if let last, last.time >= time { return try await record.number(of: half, at: time) }
        }
        return try await newest.number(of: half, at: time)
    }

    /// Those of the numbers that are kept, and not in memory.
    private func older(than new: [StreamMessage], _ numbers: Range<Int>, _ half: StreamHalf) -> Range<Int> {
        let kept = kept(of: half)
        let end = new.first?.number ?? min(numbers.upperBound, kept.upperBound)
        return (min(numbers.lowerBound, end)..<end).clamped(to: kept)
    }
}
