import RPCCore

/// Reads the messages that servers send all the time, some ten times as fast as a general JSON parser.
///
/// It knows objects with string and null values, nested as the dialect nests them, each known field at most once.
/// At anything else (other fields, other types, surrogate escapes, any error) it gives up, and the general parser decides.
struct FastMessageReader {
    private var scanner: JSONScanner

    /// - Parameter text: UTF-8.
    /// - Returns: `nil` when the general parser must decide.
    static func read(_ text: UnsafeRawBufferPointer) -> ServerMessage? {
        var reader = FastMessageReader(scanner: JSONScanner(text))
        return reader.readMessage()
    }

    private struct Fields {
        var type: String?
        var hasMessage = false
        var hasLanguage = false
        /// Where the message is in its envelope.
        var data: Range<Int>?
    }

    private mutating func readMessage() -> ServerMessage? {
        guard let fields = readObject(isOutermost: true), scanner.isAtEnd else { return nil }
        switch (fields.type, fields.data, fields.hasMessage) {
        case ("response", let data?, false): return .reply(data, isEnveloped: true)
        case ("complete", nil, false): return .complete
        case (nil, let data?, false): return .reply(data, isEnveloped: false)
        case (nil, nil, true): return .reply(0..<scanner.offset, isEnveloped: false)
        default: return nil
        }
    }

    private mutating func readObject(isOutermost: Bool) -> Fields? {
        guard scanner.skip("{") else { return nil }
        var fields = Fields()
        repeat {
            guard let name = scanner.string(), scanner.skip(":") else { return nil }
            switch name {
            case "type" where isOutermost && fields.type == nil:
                guard let value = scanner.string() else { return nil }
                fields.type = value
            case "data" where isOutermost && fields.data == nil:
                _ = scanner.next
                let start = scanner.offset
                guard let object = readObject(isOutermost: false), object.hasMessage else { return nil }
                fields.data = start..<scanner.offset
            case "message" where !fields.hasMessage:
                guard scanner.skipText() else { return nil }
                fields.hasMessage = true
            case "language" where !fields.hasLanguage:
                guard scanner.skipNull() || scanner.skipText() else { return nil }
                fields.hasLanguage = true
            default: return nil
            }
        } while scanner.skip(",")
        return scanner.skip("}") ? fields : nil
    }
}
