import Foundation
import RPCCore

/// A form in which a recorded call is written to a file.
public enum TranscriptFormat: String, Hashable, Sendable, CaseIterable {
    /// A line with what is known of the call, and one for each event and message. Everything is in it; it can be imported.
    case jsonLines = "jsonl"
    /// The messages, one a row.
    case csv
}

extension HistoryStore {
    /// Writes a call in pieces, each of whole lines. Needs the memory of a few blocks, however long the call was.
    /// - Parameter write: Takes a piece; what it throws ends the export.
    /// - Throws: ``HistoryError``, what `write` throws, and `CancellationError` when the task is cancelled.
    public func export(
        _ call: RecordedCall, as format: TranscriptFormat, to write: ([UInt8]) async throws -> Void
    ) async throws {
        switch format {
        case .jsonLines: try await exportLines(call, to: write)
        case .csv: try await exportTable(call, to: write)
        }
    }

    /// So many bytes are gathered to a piece.
    private static let pieceLength = 64 << 10

    private func exportLines(_ call: RecordedCall, to write: ([UInt8]) async throws -> Void) async throws {
        let method = call.method == nil ? nil : try await method(of: call)
        try await write(try TranscriptHeader(call, of: method).line())
        var piece = JSONText()
        let pairings = try await pairings(of: call)
        var firstAttempt: Duration?
        for try await event in events(of: call) {
            if case .attemptStarted(let attempt) = event.event { firstAttempt = firstAttempt ?? attempt.start }
            EventLines(
                start: call.start, firstAttempt: firstAttempt, now: event.time, attempt: event.attempt,
                isComplete: true,
                keepsMessagesApart: call.method != nil, pairings: pairings
            ).append(event.event, to: &piece)
            guard piece.bytes.count >= Self.pieceLength else { continue }
            try await write(piece.bytes)
            piece.removeAll()
        }
        if !piece.isEmpty { try await write(piece.bytes) }
    }

    private func exportTable(_ call: RecordedCall, to write: ([UInt8]) async throws -> Void) async throws {
        var table = MessageTable(start: call.start, pairings: try await pairings(of: call))
        for try await event in events(of: call) {
            switch event.event {
            case .sent(let messages): table.append(messages, of: "sent")
            case .received(let messages): table.append(messages, of: "received")
            default: continue
            }
            guard table.bytes.count >= Self.pieceLength else { continue }
            try await write(table.take())
        }
        try await write(table.take())
    }
}

/// Messages as rows of CSV (RFC 4180).
private struct MessageTable {
    private(set) var bytes = Array("direction,number,time,size,form,body,text,language,answers,pairing\r\n".utf8)
    private let start: Duration
    private let pairings: Pairings

    /// - Parameter start: When the call began.
    init(start: Duration, pairings: Pairings) {
        self.start = start
        self.pairings = pairings
    }

    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    mutating func append(_ messages: [StreamMessage], of direction: String) {
        for message in messages {
            // What has more than texts is one of them: all of it, as JSON.
            var texts =
                message.payload.codec.shape == nil
                ? message.payload.value?.fields.map(\.text) ?? [] : [message.payload.json ?? ""]
            if case .rejection(let reason) = message.role { texts = [reason] }
            let time = (message.time - start).exactSecondsText
            bytes +=
                "\(direction),\(message.number),\(time),\(message.size),\(message.form.rawValue),\(message.role.word),"
                .utf8
            quote(texts.first ?? "")
            bytes += ",".utf8
            if texts.count > 1 { quote(texts[1]) }
            let pair = pairings.pair(of: message)
            bytes += ",\(pair.map { String($0.request) } ?? ""),\(pair?.isGuess == true ? "guess" : "")\r\n".utf8
        }
    }

    private mutating func quote(_ text: String) {
        bytes += "\"\(text.replacing("\"", with: "\"\""))\"".utf8
    }
}
