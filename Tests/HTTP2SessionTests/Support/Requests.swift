import HTTP2Session
import NIOCore

extension HTTP2Headers {
    /// A request of gRPC.
    static let request: HTTP2Headers = [
        ":method": "POST", ":scheme": "http", ":path": "/a.B/C", ":authority": "localhost", "te": "trailers",
        "content-type": "application/grpc",
    ]
    static let response: HTTP2Headers = [":status": "200", "content-type": "application/grpc"]
}

extension ByteBuffer {
    init(count: Int, byte: UInt8 = 0x2A) { self.init(repeating: byte, count: count) }
}

/// All that came on a stream.
struct Received: Sendable {
    var head: HTTP2HeaderBlock?
    var interims = 0
    var bytes: [UInt8] = []
    var trailers: HTTP2HeaderBlock?
    var end: HTTP2StreamEnd?
    var batches = 0
    /// Whether the events came in the order that they must.
    var isInOrder = true

    mutating func add(_ event: HTTP2StreamEvent) {
        if end != nil { isInOrder = false }
        switch event {
        case .interim: interims += 1
        case .head(let block): (head, isInOrder) = (block, isInOrder && head == nil && bytes.isEmpty)
        case .data(let data):
            (bytes, isInOrder) = (bytes + Array(data.readableBytesView), isInOrder && head != nil && trailers == nil)
        case .trailers(let block): (trailers, isInOrder) = (block, isInOrder && head != nil)
        case .end(let end): self.end = end
        }
    }
}

extension HTTP2Stream {
    /// Reads to the end.
    func readAll() async throws -> Received {
        var received = Received()
        while let batch = try await next() {
            received.batches += 1
            for event in batch { received.add(event) }
        }
        return received
    }

    /// Whether what is written is refused, now or when the stream has noticed.
    func refusesWrites() async throws -> Bool {
        for _ in 0..<100 {
            do {
                try await write(ByteBuffer(count: 100_000))
            } catch is HTTP2StreamClosed {
                return true
            }
        }
        return false
    }

    /// Reads only until so many bytes have come.
    func read(_ count: Int) async throws -> Received {
        var received = Received()
        while received.bytes.count < count, let batch = try await next() {
            for event in batch { received.add(event) }
        }
        return received
    }
}

extension HTTP2StreamEnd {
    /// In a form that can be compared.
    var name: String {
        switch self {
        case .complete: "complete"
        case .reset(let code, let side): "reset \(code.rawValue) by \(side)"
        case .refused(.reset): "refused: reset"
        case .refused(.goAway(let goAway)):
            "refused: GOAWAY \(goAway.code.rawValue) last \(goAway.lastStreamID) \(goAway.text)"
        case .refused(.notSent): "refused: not sent"
        case .headersTooLarge(let size, let limit): "headers of \(size) over \(limit)"
        case .violation(let violation): "violation \(violation.code.rawValue)"
        case .connectionLost(let end): "connection lost: \(end.name)"
        }
    }
}

extension HTTP2ConnectionEnd {
    var name: String {
        switch reason {
        case .closedByPeer: "closed by peer"
        case .closedHere: "closed here"
        case .broken: "broken"
        case .silent: "silent"
        case .violation(let violation): "violation \(violation.code.rawValue)"
        case .notHTTP2: "not HTTP/2"
        }
    }
}
