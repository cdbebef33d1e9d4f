public import RPCCore

/// A kind of message that is known by its name alone: any JSON is one. In the binary format there is none.
///
/// A ``MessageValue`` of it has one field, a text that is all of the JSON.
public final class UndefinedMessageCodec: MessageCodec {
    /// The name of the field that is the whole message.
    public static let whole = "json"

    public let name: String
    public let fields = [MessageField(whole, hint: "JSON; the message has no definition", usual: "{}")]

    public init(_ name: String) {
        self.name = name
    }

    /// No files at all.
    public var definition: [UInt8]? { [] }

    public var example: MessageValue { value("{}") }

    public func write(
        _ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]
    ) throws(MessageProblem) {
        guard encoding == .json else {
            throw MessageProblem(
                path: "", reason: "\(name) is not defined: name descriptors with --protoset or --proto")
        }
        let json = Array((value[Self.whole] ?? "{}").utf8)
        if let fault = json.withUnsafeBytes({ JSONCheck.fault(in: $0) }) {
            throw MessageProblem(path: "", reason: "no JSON: \(fault)")
        }
        bytes += json
    }

    public func value(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? {
        fits(bytes, as: encoding) ? value(String(decoding: bytes, as: UTF8.self)) : nil
    }

    public func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool {
        encoding == .json && JSONCheck.fault(in: bytes) == nil
    }

    public func summary(of value: MessageValue) -> String { value[Self.whole] ?? "" }

    /// As it stands, on one line.
    public func json(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> String? {
        guard fits(bytes, as: encoding) else { return nil }
        // Outside of texts a line is broken by white space only; inside there is nothing below a blank.
        return String(decoding: bytes.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
    }

    public func text(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding, in view: MessageView) -> String? {
        switch view {
        case .plain, .json, .allFields: json(of: bytes, as: encoding).map { JSONLayout.indented(Array($0.utf8)) }
        case .text, .wire, .hex: nil
        }
    }

    private func value(_ json: String) -> MessageValue {
        MessageValue([MessageValue.Field(Self.whole, json)])
    }
}
