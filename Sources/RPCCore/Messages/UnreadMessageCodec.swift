/// Stands for messages whose definition is not known yet: whatever is written as one can be shown, and nothing of it be sent.
public final class UnreadMessageCodec: MessageCodec {
    public let name: String
    public let fields: [MessageField] = []
    public let example = MessageValue()

    /// - Parameter name: What is not known: the messages of `demo.v1.Telemetry/Record`.
    public init(of name: String) {
        self.name = name
    }

    public func write(
        _ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]
    ) throws(MessageProblem) {
        throw MessageProblem(path: "", reason: "the messages of \(name) are not known")
    }

    public func value(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? { nil }
    public func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool { false }

    public func summary(of value: MessageValue) -> String {
        value.fields.isEmpty ? "∅" : value.fields.map { "\($0.name)=\($0.text)" }.joined(separator: " ")
    }
}
