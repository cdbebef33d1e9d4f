import ProtobufSchema
import RPCCore

/// Finds out what the details of an error are that the definitions of the method do not have: the server is asked for their types.
struct DetailLookup {
    /// So many types are asked for.
    private static let limit = 4

    let loader: SchemaLoader

    func explained(_ details: [StatusDetail]) async -> [StatusDetail] {
        var schemas: [String: ProtobufSchema.Schema] = [:]
        for type in details.filter({ !$0.unread.isEmpty }).map(\.type) where schemas.count < Self.limit {
            guard schemas[type] == nil, !type.isEmpty else { continue }
            schemas[type] = await loader.schema(definingType: type)
        }
        return details.map { detail in
            guard !detail.unread.isEmpty, let schema = schemas[detail.type],
                let message = schema.message(detail.type)
            else { return detail }
            let value = detail.unread.withUnsafeBytes {
                DynamicMessageCodec(message, in: schema).value(of: $0, as: .protobuf)
            }
            return value.map { StatusDetail(detail.type, of: $0) } ?? detail
        }
    }
}
