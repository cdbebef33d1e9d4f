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
    /// `nil` of a call that every program knows by itself.
    var method: Method?

    /// A method with what its messages are.
    struct Method: Codable {
        /// In full.
        var name: String
        var input: Message
        var output: Message
        /// How it is called over HTTP.
        var routes: RoutesText?
    }

    /// A kind of message, with its `FileDescriptorSet`.
    struct Message: Codable {
        var name: String
        var definition: Data?

        init(_ codec: any MessageCodec) {
            name = codec.name
            definition = codec.definition.map { Data($0) }
        }
    }

    init(_ call: RecordedCall, of method: MethodSchema? = nil) {
        format = Self.format
        version = Self.version
        server = call.head.server
        kind = call.head.kind.rawValue
        state = call.state.rawValue
        started = call.started.timeIntervalSince1970
        options = OptionsText(call.head.options)
        plan = call.head.plan
        self.method = method.map {
            Method(
                name: $0.ref.fullName, input: Message($0.input), output: Message($0.output), routes: RoutesText($0))
        }
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

    /// What the call is of.
    /// - Parameter usual: What it is of where the line does not say it.
    /// - Throws: ``EventLine/Problem`` where a definition cannot be read.
    func method(usual: MethodSchema, _ read: DefinitionReader) throws(EventLine.Problem) -> MethodSchema {
        guard let method else { return usual }
        func codec(_ message: Message, usual: any MessageCodec) throws(EventLine.Problem) -> any MessageCodec {
            guard let definition = message.definition else { return usual }
            guard let codec = read([UInt8](definition))?(message.name) else {
                throw EventLine.Problem(text: "has a definition of \(message.name.prefix(256)) that cannot be read")
            }
            return codec
        }
        var schema = MethodSchema(
            MethodRef(fullName: method.name, kind: usual.ref.kind), input: try codec(method.input, usual: usual.input),
            output: try codec(method.output, usual: usual.output))
        method.routes?.set(in: &schema)
        return schema
    }

    /// What the call begins with.
    var head: CallHead? {
        CallKind(rawValue: kind).map { kind in
            CallHead(server: server, kind: kind, options: options.options, plan: plan)
        }
    }
}
