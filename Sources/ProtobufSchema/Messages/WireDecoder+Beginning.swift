/// The beginning of a message, for a line about it: what is long is not read to its end.
struct MessageBeginning {
    /// What was read. Texts and messages that are long are in it as far as they were read, long bytes not at all.
    var message: DynamicMessage
    /// How many bytes a field has whose long bytes are not there, by its number.
    var sizes: [Int: Int] = [:]
    /// Whether there is more than was read.
    var isCut = false
}

extension WireDecoder {
    /// A value with more bytes than this is not read to its end.
    private static let longValue = 512
    /// So much is read of a text or a message that is long.
    private static let head = 128

    /// Reads a message as far as a limit of bytes that are looked at.
    /// - Throws: ``WireFault`` where what was read is wrong.
    func beginning(
        of descriptor: MessageDescriptor, _ bytes: UnsafeRawBufferPointer, limit: Int,
        depth: Int = DynamicMessage.maximumDepth
    ) throws(WireFault) -> MessageBeginning {
        var beginning = MessageBeginning(message: DynamicMessage(descriptor))
        var reader = WireReader(bytes)
        var looked = 0
        while !reader.isAtEnd {
            guard looked < limit else {
                beginning.isCut = true
                break
            }
            let start = reader.index
            let tag = try reader.tag()
            try reader.skip(tag, depth: depth)
            let size = reader.index - start
            looked += min(size, Self.longValue)
            let field = descriptor.field(number: tag.number)
            if tag.type == .length, let field, size > Self.longValue {
                var value = reader.slice(start..<reader.index)
                _ = try value.tag()
                try takeHead(of: field, reader[try value.length()], into: &beginning, depth: depth)
                continue
            }
            var one = reader.slice(start..<reader.index)
            try read(&one, into: &beginning.message, depth: depth)
        }
        return beginning
    }

    private func takeHead(
        of field: FieldDescriptor, _ value: UnsafeRawBufferPointer, into beginning: inout MessageBeginning, depth: Int
    ) throws(WireFault) {
        let head = UnsafeRawBufferPointer(rebasing: value.prefix(Self.head))
        let content: DynamicMessage.Value
        switch field.kind {
        case .bytes:
            beginning.sizes[field.number, default: 0] += value.count
            content = .bytes([])
        // The last letter may be cut in two.
        case .string: content = .string(String(decoding: head, as: UTF8.self).trimmingReplacement)
        case .message where !field.isMap && depth > 0:
            content = .message(
                try self.beginning(of: schema.messages[field.type], value, limit: Self.head, depth: depth - 1).message)
        default:
            beginning.isCut = true
            return
        }
        switch beginning.message[field] {
        case .list(let values)? where field.isRepeated: beginning.message[field] = .list(values + [content])
        default: beginning.message[field] = field.isRepeated ? .list([content]) : .one(content)
        }
    }
}

extension String {
    fileprivate var trimmingReplacement: String { last == "\u{FFFD}" ? String(dropLast()) : self }
}
