import Foundation
import RPCCore

/// The first line of a transcript in JSON Lines: what is known of the call. The complete lines of ``EventLines`` follow.
struct TranscriptHeader: Codable {
    static let format = "greeter-tui transcript"
    static let version = 1

    var format: String
    var version: Int
    var server: String
    var kind: String
    var state: String
    /// Seconds since 1970, UTC.
    var started: Double
    var options: OptionsText
    var plan: String?

    init(_ call: RecordedCall) {
        format = Self.format
        version = Self.version
        server = call.head.server
        kind = call.head.kind.rawValue
        state = call.state.rawValue
        started = call.started.timeIntervalSince1970
        options = OptionsText(call.head.options)
        plan = call.head.plan
    }

    func line() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// - Throws: ``EventLine/Problem`` where the line is no such header, or of a newer version.
    init(line: UnsafeRawBufferPointer) throws(EventLine.Problem) {
        guard let header = try? JSONDecoder().decode(TranscriptHeader.self, from: Data(line)),
            header.format == Self.format
        else { throw EventLine.Problem(text: "is not the beginning of a transcript") }
        guard header.version <= Self.version else {
            throw EventLine.Problem(text: "is of version \(header.version); a newer greeter-tui reads it")
        }
        self = header
    }

    /// What the call begins with.
    var head: CallHead? {
        CallKind(rawValue: kind).map { kind in
            CallHead(server: server, kind: kind, options: options.options, plan: plan)
        }
    }
}
