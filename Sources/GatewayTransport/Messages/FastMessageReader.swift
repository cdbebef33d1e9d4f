import RPCCore

/// Reads the messages that servers send all the time, some ten times as fast as a general JSON parser.
///
/// It knows objects with string and null values, nested as the dialect nests them, each known field at most once.
/// At anything else (other fields, other types, surrogate escapes, any error) it gives up, and the general parser decides.
struct FastMessageReader {
    private var scanner: JSONScanner

    /// - Returns: `nil` when the general parser must decide.
    static func read(_ text: String) -> ServerMessage? {
        text.utf8.withContiguousStorageIfAvailable { bytes in
            var reader = FastMessageReader(scanner: JSONScanner(UnsafeRawBufferPointer(bytes)))
            return reader.readMessage()
        } ?? nil
    }

    private struct Fields {
        var type: String?
        var message: String?
        var language: String??
        var data: HelloReply?
    }

    private mutating func readMessage() -> ServerMessage? {
        guard let fields = readObject(isOutermost: true), scanner.isAtEnd else { return nil }
        switch (fields.type, fields.data, fields.message) {
        case ("response", let data?, nil): return .reply(data, isEnveloped: true)
        case ("complete", nil, nil): return .complete
        case (nil, let data?, nil): return .reply(data, isEnveloped: false)
        case (nil, nil, let message?):
            return .reply(HelloReply(message: message, language: fields.language ?? nil), isEnveloped: false)
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
                guard let object = readObject(isOutermost: false), let message = object.message else { return nil }
                fields.data = HelloReply(message: message, language: object.language ?? nil)
            case "message" where fields.message == nil:
                guard let value = scanner.string() else { return nil }
                fields.message = value
            case "language" where fields.language == nil:
                guard let value = scanner.stringOrNull() else { return nil }
                fields.language = .some(value)
            default: return nil
            }
        } while scanner.skip(",")
        return scanner.skip("}") ? fields : nil
    }
}
