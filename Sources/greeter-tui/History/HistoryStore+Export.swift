import Foundation
import History
import RPCCore
import WorkbenchModel

extension HistoryStore {
    /// Writes a call in one of the forms that people choose from, in pieces of whole lines.
    /// - Throws: what ``export(_:as:to:)`` throws.
    func write(
        _ call: RecordedCall, as format: ExportFormat, to write: ([UInt8]) async throws -> Void
    ) async throws {
        switch format {
        case .jsonl: try await export(call, as: .jsonLines, to: write)
        case .csv: try await export(call, as: .csv, to: write)
        case .text: try await writeText(call, to: write)
        }
    }

    /// Writes the events as lines for people.
    private func writeText(_ call: RecordedCall, to write: ([UInt8]) async throws -> Void) async throws {
        // By these rules all pairs are shown: as they turned out, and not as they were taken at first.
        let pairings = try await pairings(of: call)
        for try await event in events(of: call) {
            let lines = TextLines(
                start: call.start, wallStart: call.started, zone: .current, now: event.time, pairings: pairings)
            let text = lines.lines(of: event.event).joined()
            if !text.isEmpty { try await write(Array(text.utf8)) }
        }
    }
}
