/// Defaults as compilers write them in descriptors (google/protobuf/descriptor.proto, `FieldDescriptorProto.default_value`).
extension FieldKind {
    /// Whether a text is a value of it. Names of enums are not known here.
    func takesDefault(_ text: String) -> Bool {
        switch self {
        case .int32, .sint32, .sfixed32: Int32(text) != nil
        case .int64, .sint64, .sfixed64: Int64(text) != nil
        case .uint32, .fixed32: UInt32(text) != nil
        case .uint64, .fixed64: UInt64(text) != nil
        case .float, .double: ["inf", "-inf", "nan", "-nan"].contains(text) || Double(text)?.isFinite == true
        case .bool: text == "true" || text == "false"
        case .string: true
        case .bytes: text.isEscapedBytes
        case .enum, .message, .group: false
        }
    }
}

extension String {
    /// Whether each backslash in it begins an escape of C, as defaults of bytes have them.
    fileprivate var isEscapedBytes: Bool {
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else { continue }
            guard let mark = rest.popFirst() else { return false }
            switch mark {
            case UInt8(ascii: "x"), UInt8(ascii: "X"):
                guard rest.popFirst().map({ Character(Unicode.Scalar($0)).isHexDigit }) == true else { return false }
            case UInt8(ascii: "0")...UInt8(ascii: "7"): break
            default: guard "abfnrtv\\'\"?".utf8.contains(mark) else { return false }
            }
        }
        return true
    }
}
