/// A header block that is coming in. Fields beyond the limit are counted and not kept.
struct IncomingBlock {
    let stream: Int32
    private let limit: Int
    private(set) var fields: [HTTP2Field] = []
    private(set) var size = 0
    /// Bytes of the CONTINUATION frames so far.
    var continuations = 0

    init(stream: Int32, limit: Int) {
        self.stream = stream
        self.limit = limit
    }

    var isTooLarge: Bool { size > limit }

    mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, isSensitive: Bool) {
        // RFC 9113, 6.5.2.
        size += name.count + value.count + 32
        guard !isTooLarge else { return }
        fields.append(
            HTTP2Field(
                String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self), isSensitive: isSensitive)
        )
    }
}
