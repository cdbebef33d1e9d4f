/// Messages to learn from: every field with the value that means least, one element in each list, one entry in each map.
public struct MessageExample {
    let schema: Schema

    public init(schema: Schema) {
        self.schema = schema
    }

    /// - Parameter depth: How many messages may be in one another; deeper ones are left out.
    public func message(_ descriptor: MessageDescriptor, depth: Int = 5) -> DynamicMessage {
        var message = DynamicMessage(descriptor)
        var oneofs: Set<Int> = []
        guard descriptor.wellKnown == nil else { return wellKnown(descriptor) }
        for field in descriptor.fields where !field.isExtension {
            if let oneof = field.oneof, !oneofs.insert(oneof).inserted { continue }
            guard let value = value(field, depth: depth) else { continue }
            if field.isMap {
                message[field] = entry(field, depth: depth).map { .map([$0.key: $0.value]) }
            } else {
                message[field] = field.isRepeated ? .list([value]) : .one(value)
            }
        }
        return message
    }

    private func value(_ field: FieldDescriptor, depth: Int) -> DynamicMessage.Value? {
        guard field.kind.isMessage else { return field.zero(in: schema) }
        let descriptor = schema.messages[field.type]
        return depth > 1 || descriptor.wellKnown != nil ? .message(message(descriptor, depth: depth - 1)) : nil
    }

    private func entry(_ field: FieldDescriptor, depth: Int) -> (
        key: DynamicMessage.MapKey, value: DynamicMessage.Value
    )? {
        let fields = schema.messages[field.type].fields
        guard fields.count == 2, let key = fields[0].zero(in: schema).flatMap(DynamicMessage.MapKey.init),
            let value = value(fields[1], depth: depth)
        else { return nil }
        return (key, value)
    }

    private func wellKnown(_ descriptor: MessageDescriptor) -> DynamicMessage {
        var message = DynamicMessage.usual(descriptor)
        let empty = "google.protobuf.Empty"
        if descriptor.wellKnown == .any, schema.message(empty) != nil {
            message.set(1, .string("type.googleapis.com/\(empty)"))
        }
        return message
    }
}
