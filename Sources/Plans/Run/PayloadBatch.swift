import RPCCore

/// Payloads that are written one after another into one piece of memory.
struct PayloadBatch: Sendable {
    /// So much memory is taken at once, where the batch before needed it.
    private static let reserve = 1 << 16

    private let encoder: MessageEncoder
    private var ends: [Int] = []
    /// All of them, and behind them a message that is being written, or waits for its time.
    var bytes: [UInt8] = []

    init(_ encoder: MessageEncoder) {
        self.encoder = encoder
    }

    var count: Int { ends.count }

    /// Takes in the message that was written behind the others.
    mutating func close() { ends.append(bytes.count) }

    /// Forgets the message that was written behind the others.
    mutating func drop() { bytes.removeSubrange((ends.last ?? 0)...) }

    /// Hands the payloads over, and begins again with what was written behind them.
    mutating func take() -> [Payload] {
        let (bytes, end) = (bytes, ends.last ?? 0)
        var start = 0
        let payloads = ends.map { end in
            defer { start = end }
            return Payload(encoder.codec, encoder.encoding, bytes[start..<end])
        }
        self.bytes = []
        self.bytes.reserveCapacity(min(bytes.count, Self.reserve))
        self.bytes += bytes[end...]
        ends.removeAll(keepingCapacity: true)
        return payloads
    }
}
