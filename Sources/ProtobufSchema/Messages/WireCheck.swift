import RPCCore

/// Whether bytes are a message of a definition, found without making one: what is asked of each reply of a stream.
struct WireCheck {
    let schema: Schema

    /// Whether ``WireDecoder`` reads the bytes.
    func fits(_ descriptor: MessageDescriptor, _ bytes: UnsafeRawBufferPointer) -> Bool {
        // What must be there, and message sets, are rare, and told by who reads everything.
        guard !schema.canLackFields(descriptor) else {
            return (try? WireDecoder(schema: schema).message(descriptor, bytes)) != nil
        }
        var reader = WireReader(bytes)
        return (try? check(&reader, descriptor, depth: DynamicMessage.maximumDepth)) != nil
    }

    /// - Parameter group: The number of the group that the fields are in: they end with it.
    private func check(
        _ reader: inout WireReader, _ descriptor: MessageDescriptor, depth: Int, group: Int? = nil
    ) throws(WireFault) {
        guard depth >= 0 else { throw WireFault(DynamicMessage.tooDeep, at: reader.index) }
        guard !descriptor.isMessageSet else {
            var message = DynamicMessage(descriptor)
            return try WireDecoder(schema: schema).read(&reader, into: &message, depth: depth, group: group)
        }
        while !reader.isAtEnd {
            let start = reader.index
            let tag = try reader.tag()
            if tag.type == .endGroup {
                guard tag.number == group else { throw WireFault("a group ends that has not begun", at: start) }
                return
            }
            guard let field = descriptor.field(number: tag.number) else {
                try reader.skip(tag, depth: depth)
                continue
            }
            try check(&reader, tag, field, depth: depth)
        }
        if group != nil { throw WireFault("truncated: a group does not end", at: reader.index) }
    }

    private func check(
        _ reader: inout WireReader, _ tag: WireReader.Tag, _ field: FieldDescriptor, depth: Int
    ) throws(WireFault) {
        let isPacked = field.isRepeated && field.kind.isPackable && tag.type == .length
        if isPacked {
            var values = reader.slice(try reader.length())
            while !values.isAtEnd { try values.skip(WireReader.Tag(number: 1, type: field.kind.wireType), depth: 0) }
        } else if tag.type != field.kind.wireType || !field.kind.isMessage && field.kind != .string {
            try reader.skip(tag, depth: depth)
        } else if field.kind == .string {
            let range = try reader.length()
            guard !field.validatesUTF8 || UTF8Fault.isText(reader[range]) else {
                throw WireFault("\(field.name) is no UTF-8", at: range.lowerBound)
            }
        } else if tag.type == .startGroup {
            try check(&reader, schema.messages[field.type], depth: depth - 1, group: tag.number)
        } else {
            var within = reader.slice(try reader.length())
            try check(&within, schema.messages[field.type], depth: depth - 1)
        }
    }
}
