import GRPCWire
import NIOCore
import ProtobufSchema

/// Changes the names by which a file imports others.
enum ImportNames {
    /// The file of descriptors (`FileDescriptorProto`) with other names in its field 3, `dependency`. Of a message with fixed
    /// width fields, which has none, these would become numbers.
    static func replaced(in file: [UInt8], by names: [String: String]) -> [UInt8] {
        var buffer = ByteBuffer()
        file.withUnsafeBytes { bytes in
            var fields = ProtobufFields(bytes)
            while let field = fields.next() {
                if let bytes = field.bytes {
                    if field.number == 3, let name = field.text, let other = names[name] {
                        buffer.writeField(3, other)
                    } else {
                        buffer.writeField(field.number, bytes, count: bytes.count)
                    }
                } else {
                    buffer.writeField(field.number, value: field.value)
                }
            }
        }
        return Array(buffer.readableBytesView)
    }
}
