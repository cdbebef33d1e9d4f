import Foundation
import RPCCore

extension HistoryStore {
    /// The longest line of a transcript, in bytes: 256 MiB, for a message of 16 MiB is in it twice, and may be escaped.
    private static let lineLimit = 256 << 20

    /// Reads a transcript that ``export(_:as:to:)`` has written, as a call of this history. Its messages are read as they are
    /// written: no more than some are in memory.
    /// - Parameter place: What errors call the input.
    /// - Parameter read: The next bytes; `nil` at the end.
    /// - Returns: the number of the call.
    /// - Throws: ``HistoryError``, what `read` throws, and `CancellationError` when the task is cancelled. Nothing stays then.
    public func importTranscript(
        _ place: String, reading read: () async throws -> [UInt8]?
    ) async throws -> Int64 {
        var lines = LineBuffer(place: place, maximumLength: Self.lineLimit)
        let clock = clock
        let reader = TranscriptReader(of: usual, readDefinition, redaction: redaction)
        do {
            while !lines.isFinished {
                try Task.checkCancellation()
                lines.feed(try await read())
                var batch: [TranscriptReader.Line] = []
                while let line = try lines.next({ bytes throws(JSONLinesProblem) in try reader.line(bytes) }) {
                    batch.append(line)
                }
                let (taken, isLast) = (batch, lines.isFinished)
                try await onWriter { try reader.take(taken, isLast: isLast, into: $0) }
            }
        } catch {
            if let row = reader.row {
                try? await onWriter { database in
                    database.locks.release(row)
                    let maintenance = Maintenance(database: database, limits: HistoryLimits(age: nil, bytes: nil))
                    try maintenance.delete([row])
                    while try maintenance.step(now: clock.wallTime) {}
                }
            }
            throw (error as? PlanError).map { HistoryError(.malformed, "\($0)") } ?? error
        }
        guard let row = reader.row else { throw HistoryError(.malformed, "\(place): is empty") }
        return row
    }
}
