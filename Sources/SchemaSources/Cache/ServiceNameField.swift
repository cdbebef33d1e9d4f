import GRPCWire
import NIOCore

/// A field of text by itself.
enum ServiceNameField {
    static func bytes(_ number: Int, _ text: String) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeField(number, text)
        return Array(buffer.readableBytesView)
    }
}
