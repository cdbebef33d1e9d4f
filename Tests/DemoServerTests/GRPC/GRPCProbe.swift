import DemoServer
import GRPCWire
import Greeter
import HTTP2Session
import NIOCore
import NIOPosix
import RPCCore
import Testing

/// A client that shows what comes over the wire, and judges nothing.
struct GRPCProbe: Sendable {
    let connection: HTTP2Connection
    private let tap = HTTP2Tap(limit: 100_000)

    /// Runs `body` with a connection to a port of this machine.
    static func run(
        to port: Int, _ settings: HTTP2Configuration = HTTP2Configuration(maximumHeaderListSize: 100_000_000),
        _ body: (GRPCProbe) async throws -> Void
    ) async throws {
        let probe = try await GRPCProbe(to: port, settings)
        defer { probe.connection.close() }
        try await body(probe)
    }

    private init(to port: Int, _ settings: HTTP2Configuration) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let handler = HTTP2SessionHandler(role: .client, configuration: settings, tap: tap)
        connection = handler.connection
        let bound = NIOLoopBoundBox.makeBoxSendingValue(handler, eventLoop: loop)
        _ = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    /// What has come and gone since the last time.
    func facts() -> [HTTP2Fact] { tap.take().records.map(\.fact) }

    /// Waits until something is among what has come and gone since the last time.
    func wait(for isWanted: (HTTP2Fact) -> Bool) async throws {
        while !facts().contains(where: isWanted) { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Begins a call.
    /// - Parameter path: A method of the Greeter, or a path.
    func open(_ path: String, _ changes: KeyValuePairs<String, String?> = [:]) -> HTTP2Stream {
        var fields: [HTTP2Field] = [
            HTTP2Field(":method", "POST"), HTTP2Field(":scheme", "http"),
            HTTP2Field(":path", path.hasPrefix("/") ? path : "/helloworld.Greeter/" + path),
            HTTP2Field(":authority", "localhost"), HTTP2Field("te", "trailers"),
            HTTP2Field("content-type", "application/grpc"),
        ]
        for (name, value) in changes {
            let field = value.map { HTTP2Field(name, $0) }
            if let index = fields.firstIndex(where: { $0.name == name }) {
                fields.replaceSubrange(index...index, with: field.map { [$0] } ?? [])
            } else if let field {
                fields.append(field)
            }
        }
        return connection.open(HTTP2Headers(fields))
    }

    /// Makes a call with these messages, already with their prefixes.
    func call(
        _ path: String, _ messages: [[UInt8]], _ changes: KeyValuePairs<String, String?> = [:]
    ) async throws -> Answer {
        let stream = open(path, changes)
        try? await stream.write(ByteBuffer(bytes: messages.flatMap { $0 }), ends: true)
        return try await Answer(of: stream)
    }
}

extension HTTP2Fact {
    /// A frame that has come, but for DATA.
    var arrival: (head: HTTP2FrameHead, content: HTTP2FrameContent)? {
        guard case .frame(let head, let content, .received) = self else { return nil }
        return (head, content)
    }
}

/// All that came on a stream.
struct Answer: Sendable {
    /// The header block; `nil` where there was none.
    var head: HTTP2HeaderBlock?
    var bytes: [UInt8] = []
    var trailers = HTTP2Headers()
    var end: HTTP2StreamEnd?

    /// Reads to the end.
    init(of stream: HTTP2Stream) async throws {
        while let batch = try await stream.next() {
            for event in batch { add(event) }
        }
    }

    private mutating func add(_ event: HTTP2StreamEvent) {
        switch event {
        case .interim: break
        case .head(let block): head = block
        case .data(let data): bytes += data.readableBytesView
        case .trailers(let block): trailers = block.headers
        case .end(let end): self.end = end
        }
    }

    /// How it ended, to be compared.
    var ending: String {
        switch end {
        case .complete: "complete"
        case .reset(let code, let side): "reset \(code.rawValue) by \(side)"
        case .refused(.goAway(let goAway)):
            "refused: GOAWAY \(goAway.code.rawValue) after \(goAway.lastStreamID): \(goAway.text)"
        case .connectionLost: "connection lost"
        case let other: String(describing: other)
        }
    }

    /// The status, wherever it is.
    var status: String? { trailers["grpc-status"] ?? head?.headers["grpc-status"] }
    /// What is said of it.
    var message: String? { trailers["grpc-message"] ?? head?.headers["grpc-message"] }
    /// Whether all of it was one block.
    var isTrailersOnly: Bool { head?.endsStream == true }

    /// The messages, uncompressed.
    var messages: [[UInt8]] {
        get throws {
            var (reader, messages) = (MessageReader(limit: 1_000_000), [[UInt8]]())
            try reader.read(ByteBuffer(bytes: bytes)) { isCompressed, message throws(CallError) in
                messages.append(
                    isCompressed ? try MessageCompression.inflate(message, limit: 1_000_000) : Array(message))
            }
            return messages
        }
    }

    /// What the replies say.
    var greetings: [String] {
        get throws {
            try messages.map { message in
                try #require(message.withUnsafeBytes { Greeter.reply.value(of: $0, as: .protobuf) })["message"] ?? ""
            }
        }
    }
}

/// Requests as they travel.
enum Message {
    /// Bytes behind their prefix (PROTOCOL-HTTP2.md, Length-Prefixed-Message).
    static func framed(_ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] {
        [flag] + withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
    }

    /// A request that names somebody.
    static func naming(_ name: String) -> [UInt8] { framed(text(1, name)) }

    /// A field of text (https://protobuf.dev/programming-guides/encoding), of fewer than 128 bytes.
    static func text(_ number: UInt8, _ text: String) -> [UInt8] {
        [number << 3 | 2, UInt8(text.utf8.count)] + Array(text.utf8)
    }
}

/// Runs `body` with a connection to a demo server that fails as ordered.
func withProbe(
    _ orders: [String] = [], _ configuration: DemoServerConfiguration = DemoServerConfiguration(),
    settings: HTTP2Configuration = HTTP2Configuration(maximumHeaderListSize: 100_000_000),
    _ body: (GRPCProbe) async throws -> Void
) async throws {
    var configuration = configuration
    configuration.faults = try DemoFaults(parsing: orders)
    try await withServer(configuration) { server in
        try await GRPCProbe.run(to: server.grpcAddress.port, settings, body)
    }
}
