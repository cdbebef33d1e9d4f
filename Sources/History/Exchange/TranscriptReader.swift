import Foundation
import RPCCore
import Synchronization

/// A transcript that is being read, on its way into the database.
final class TranscriptReader: Sendable {
    /// A line of a transcript.
    enum Line: Sendable {
        case header(TranscriptHeader, CallHead, MethodSchema)
        case event(EventLine)
    }

    private struct State {
        /// What its messages are of, once it has begun.
        var method: MethodSchema?
        var header: TranscriptHeader?
        var call: OpenCall?
    }

    /// Messages that become one event again.
    private static let batchLimit = 256

    private let usual: MethodLookup
    private let read: DefinitionReader
    private let redaction: Redaction
    private let state = Mutex(State())

    init(of usual: @escaping MethodLookup, _ read: @escaping DefinitionReader, redaction: Redaction) {
        self.usual = usual
        self.read = read
        self.redaction = redaction
    }

    /// The number of the call, once part of it is written.
    var row: Int64? { state.withLock { $0.call?.row?.id } }

    func line(_ bytes: UnsafeRawBufferPointer) throws(JSONLinesProblem) -> Line {
        do throws(EventLine.Problem) {
            if let method = state.withLock({ $0.method }) { return .event(try EventLine(bytes, of: method)) }
            let header = try TranscriptHeader(line: bytes)
            guard let head = header.head else { throw EventLine.Problem(text: "has an unknown kind of call") }
            let method = try header.method(usual: usual(head.kind), read)
            state.withLock { $0.method = method }
            return .header(header, head, method)
        } catch {
            throw JSONLinesProblem(error.text)
        }
    }

    /// Takes lines, and writes them where there are enough of them, or they are the last.
    func take(_ lines: [Line], isLast: Bool, into database: HistoryDatabase) throws {
        try state.withLock { state in
            var events = lines[...]
            if case .header(let header, let head, let method)? = events.first {
                events.removeFirst()
                state.header = header
                state.call = OpenCall(
                    head: redaction.redacted(head), method: method,
                    started: Date(clampingSecondsSince1970: header.started), start: .zero, progress: RecordedProgress())
            }
            while let event = Self.nextEvent(&events) {
                state.call?.append(redaction.redacted(event.event), at: event.time)
            }
            if isLast {
                // What goes on elsewhere does not go on here.
                state.call?.close(as: state.header?.state == "interrupted" ? .interrupted : .incomplete)
            }
            guard let call = state.call, isLast || call.pendingBytes >= HistoryWriter.batchBytes else { return }
            try write(&state, database)
        }
    }

    /// The next event; messages of a direction that follow on one another become one, as they were.
    private static func nextEvent(_ lines: inout ArraySlice<Line>) -> EventLine? {
        guard case .event(var line)? = lines.popFirst() else { return nil }
        guard let (direction, first) = line.event.messages else { return line }
        var messages = first
        while messages.count < batchLimit, case .event(let next)? = lines.first,
            let (nextDirection, more) = next.event.messages, nextDirection == direction
        {
            messages += more
            line.time = next.time
            lines.removeFirst()
        }
        line.event = direction == .sent ? .sent(messages) : .received(messages)
        return line
    }

    private func write(_ state: inout State, _ database: HistoryDatabase) throws {
        guard let blocks = state.call?.closeBlocks(), let call = state.call else { return }
        let rows = try database.write([CallWrite(call: call, blocks: blocks)], isImported: true)
        guard let row = rows.first, let id = row.id else { return }
        state.call?.markWritten(row)
        if call.state != .running { database.locks.release(id) }
    }
}

extension CallEvent {
    /// The messages, where it is a batch of a direction.
    fileprivate var messages: (direction: Direction, messages: [StreamMessage])? {
        switch self {
        case .sent(let messages): (.sent, messages)
        case .received(let messages): (.received, messages)
        default: nil
        }
    }
}
