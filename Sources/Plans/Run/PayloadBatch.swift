import RPCCore

/// Payloads that are written one after another into one piece of memory.
struct PayloadBatch {
    private let encoder: MessageEncoder
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(_ encoder: MessageEncoder) {
        self.encoder = encoder
    }

    var count: Int { ends.count }

    mutating func append(_ message: [UInt8]) {
        bytes += message
        ends.append(bytes.count)
    }

    var payloads: [Payload] {
        var start = 0
        return ends.map { end in
            defer { start = end }
            return Payload(encoder.codec, encoder.encoding, bytes[start..<end])
        }
    }
}
