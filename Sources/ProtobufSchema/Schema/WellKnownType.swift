import RPCCore

extension WellKnownType {
    /// - Parameter fields: Of a message of that name. One that is not as it is published is written as any other.
    init?(_ fullName: String, _ fields: [FieldDescriptor]) {
        let numbers = fields.map(\.number)
        switch (fullName, numbers) {
        case ("google.protobuf.Any", [1, 2]): self = .any
        case ("google.protobuf.Duration", [1, 2]): self = .duration
        case ("google.protobuf.FieldMask", [1]): self = .fieldMask
        case ("google.protobuf.ListValue", [1]): self = .listValue
        case ("google.protobuf.Struct", [1]): self = .struct
        case ("google.protobuf.Timestamp", [1, 2]): self = .timestamp
        case ("google.protobuf.Value", [1, 2, 3, 4, 5, 6]): self = .value
        case ("google.protobuf.DoubleValue", [1]), ("google.protobuf.FloatValue", [1]),
            ("google.protobuf.Int64Value", [1]), ("google.protobuf.UInt64Value", [1]),
            ("google.protobuf.Int32Value", [1]), ("google.protobuf.UInt32Value", [1]),
            ("google.protobuf.BoolValue", [1]), ("google.protobuf.StringValue", [1]),
            ("google.protobuf.BytesValue", [1]):
            self = .wrapper
        default: return nil
        }
    }
}
