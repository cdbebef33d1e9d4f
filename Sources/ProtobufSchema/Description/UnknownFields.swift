import RPCCore

/// What is in a message and not in its definition: `?7: varint 5`, and within another message `book.?9: 2 bytes 01 02`.
enum UnknownFields {
    /// So many lines are made.
    private static let limit = 200

    /// The bytes of a text that has such fields as base64; `nil` where it has not.
    static func bytes(of text: String) -> [UInt8]? {
        guard let bytes = Base64.bytes(of: text) else { return nil }
        let isSound = bytes.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            while !reader.isAtEnd {
                guard let tag = try? reader.tag(), tag.type != .endGroup,
                    (try? reader.skip(tag, depth: DynamicMessage.maximumDepth)) != nil
                else { return false }
            }
            return true
        }
        return isSound ? bytes : nil
    }

    /// The bytes of the text of a member.
    /// - Parameter path: Of the message that it is of, with what parts it from its members.
    static func written(_ text: String, _ path: String) throws(MessageProblem) -> [UInt8] {
        guard let bytes = bytes(of: text) else {
            throw MessageProblem(path: path + MessageValue.unknownName, reason: expectation)
        }
        return bytes
    }

    static let expectation = "fields in the wire format are expected, as base64: OAU= for a field 7"

    /// The same of such a text as of a message.
    static func lines(of text: String) -> [String] {
        var lines: [String] = []
        bytes(of: text)?.withUnsafeBytes { append($0, path: "", to: &lines) }
        return lines
    }

    static func lines(of message: DynamicMessage) -> [String] {
        var lines: [String] = []
        append(message, path: "", to: &lines)
        return lines.count > limit ? lines.prefix(limit) + ["and \(lines.count - limit) more"] : lines
    }

    private static func append(_ message: DynamicMessage, path: String, to lines: inout [String]) {
        if !message.unknown.isEmpty { message.unknown.withUnsafeBytes { append($0, path: path, to: &lines) } }
        for field in message.fields where field.descriptor.kind.isMessage {
            let inner = "\(path)\(field.descriptor.name)"
            switch field.content {
            case .one(.message(let message)): append(message, path: "\(inner).", to: &lines)
            case .one: break
            case .list(let values):
                for case (let index, .message(let message)) in values.enumerated() {
                    append(message, path: "\(inner)[\(index)].", to: &lines)
                }
            case .map(let map):
                for case (let key, .message(let message)) in map.sorted(by: { $0.key < $1.key }) {
                    append(message, path: "\(inner)[\(key.text)].", to: &lines)
                }
            }
        }
    }

    /// What was read once is right to its end.
    private static func append(_ bytes: UnsafeRawBufferPointer, path: String, to lines: inout [String]) {
        var reader = WireReader(bytes)
        while !reader.isAtEnd, let tag = try? reader.tag() {
            let start = reader.index
            let head = "\(path)?\(tag.number): "
            guard (try? reader.skip(tag, depth: DynamicMessage.maximumDepth)) != nil else { return }
            var value = reader.slice(start..<reader.index)
            switch tag.type {
            case .varint: lines.append("\(head)varint \((try? value.varint()) ?? 0)")
            case .fixed32: lines.append("\(head)fixed32 \((try? value.fixed32()) ?? 0)")
            case .fixed64: lines.append("\(head)fixed64 \((try? value.fixed64()) ?? 0)")
            case .length:
                guard let content = try? value.lengthBytes() else { return }
                lines.append("\(head)\(content.count) bytes \(WireTree.text(of: content, isText: false))")
            case .startGroup, .endGroup: lines.append("\(head)a group of \(reader.index - start) bytes")
            }
        }
    }
}

extension DynamicMessage.MapKey {
    fileprivate var text: String {
        switch self {
        case .bool(let key): "\(key)"
        case .int(let key): "\(key)"
        case .uint(let key): "\(key)"
        case .string(let key): key
        case .bytes(let key): Base64.text(of: key)
        }
    }
}
