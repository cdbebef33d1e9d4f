import NIOCore
import NIOPosix
import RPCCore
import Synchronization

/// A proxy on loopback that really connects, or that says something else than it is asked for.
final class TestProxy: Sendable {
    enum Manner: Sendable {
        /// CONNECT, and requests with the whole URL, which are passed on as they are.
        case http(authorization: String? = nil)
        /// SOCKS 5, for this user where there is one.
        case socks(user: String? = nil, password: String = "")
        /// These bytes are the answer to whatever comes first; the connection is closed behind them.
        case saying([UInt8])
        case silent
    }

    private let manner: Manner
    private let seen = Mutex<[String]>([])
    private let tasks = Mutex<[Task<Void, Never>]>([])
    private let listener = Mutex<(any Channel)?>(nil)

    private init(_ manner: Manner) {
        self.manner = manner
    }

    /// What connections were asked for: `CONNECT host:port`, `SOCKS name:port`, or the first line of a request.
    var asked: [String] { seen.withLock { $0 } }

    /// Runs `body` with the port of a proxy.
    static func run(_ manner: Manner, _ body: (TestProxy, Int) async throws -> Void) async throws {
        let proxy = TestProxy(manner)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    proxy.serve(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body(proxy, listener.localAddress?.port ?? 0)) } catch {
            result = .failure(error)
        }
        try? await listener.close()
        for task in proxy.tasks.withLock({ $0 }) { task.cancel() }
        try result.get()
    }

    private func serve(_ near: NIOAsyncChannel<ByteBuffer, ByteBuffer>) {
        let task = Task { [self] in
            _ = try? await near.executeThenClose { inbound, outbound in
                var reader = Reader(inbound.makeAsyncIterator())
                switch manner {
                case .silent: try await Task.sleep(for: .seconds(600))
                case .saying(let bytes):
                    _ = try await reader.more()
                    // However an answer is cut, it is the same.
                    for byte in bytes { try await outbound.write(ByteBuffer(bytes: [byte])) }
                case .http(let authorization): try await http(&reader, outbound, authorization)
                case .socks(let user, let password): try await socks(&reader, outbound, user, password)
                }
            }
        }
        tasks.withLock { $0.append(task) }
    }

    private typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

    private func http(_ reader: inout Reader, _ outbound: Outbound, _ authorization: String?) async throws {
        let head = try await reader.head()
        let lines = head.split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ").map(String.init)
        seen.withLock { $0.append(words[0] == "CONNECT" ? "CONNECT \(words[1])" : lines[0]) }
        if let authorization, !lines.contains("Proxy-Authorization: \(authorization)") {
            return try await outbound.write(
                ByteBuffer(string: "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
        }
        if words[0] == "CONNECT" {
            try await pass(words[1], ByteBuffer(string: "HTTP/1.1 200 OK\r\nVia: x\r\n\r\n"), nil, &reader, outbound)
        } else {
            let place = words[1].dropFirst("http://".count).prefix { $0 != "/" }
            let path = words[1].dropFirst("http://".count + place.count)
            let rest = head.dropFirst(lines[0].count)
            try await pass(
                String(place), nil, ByteBuffer(string: "\(words[0]) \(path) HTTP/1.1\(rest)"), &reader, outbound)
        }
    }

    private func socks(_ reader: inout Reader, _ outbound: Outbound, _ user: String?, _ password: String) async throws {
        let methods = try await reader.bytes(Int(try await reader.bytes(2)[1]))
        let method: UInt8 = user == nil ? 0 : 2
        guard methods.contains(method) else { return try await outbound.write(ByteBuffer(bytes: [5, 0xFF])) }
        try await outbound.write(ByteBuffer(bytes: [5, method]))
        if let user {
            let name = try await reader.bytes(Int(try await reader.bytes(2)[1]))
            let secret = try await reader.bytes(Int(try await reader.bytes(1)[0]))
            let isRight = name == Array(user.utf8) && secret == Array(password.utf8)
            try await outbound.write(ByteBuffer(bytes: [1, isRight ? 0 : 1]))
            guard isRight else { return }
        }
        let kind = try await reader.bytes(4)[3]
        let host: String
        switch kind {
        case 1: host = try await reader.bytes(4).map(String.init).joined(separator: ".")
        default: host = String(decoding: try await reader.bytes(Int(try await reader.bytes(1)[0])), as: UTF8.self)
        }
        let port = try await reader.bytes(2)
        let target = "\(host):\(Int(port[0]) << 8 | Int(port[1]))"
        seen.withLock { $0.append("SOCKS \(target)") }
        try await pass(target, ByteBuffer(bytes: [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]), nil, &reader, outbound)
    }

    /// Connects, and passes on what comes, both ways. Every name is this machine.
    private func pass(
        _ target: String, _ answer: ByteBuffer?, _ first: ByteBuffer?, _ reader: inout Reader, _ outbound: Outbound
    ) async throws {
        let port = Int(target.split(separator: ":").last ?? "") ?? 0
        let far = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        if let answer { try await outbound.write(answer) }
        let rest = reader.rest
        try await far.executeThenClose { farInbound, farOutbound in
            if let first { try await farOutbound.write(first) }
            if rest.readableBytes > 0 { try await farOutbound.write(rest) }
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for try await bytes in farInbound { try await outbound.write(bytes) }
                    // What the client still says, nobody hears.
                    outbound.finish()
                }
                while let bytes = try await reader.inbound.next() { try await farOutbound.write(bytes) }
                group.cancelAll()
            }
        }
    }

    /// Reads what a client says to the proxy itself.
    private struct Reader {
        var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        var rest = ByteBuffer()

        struct Gone: Error {}

        init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) {
            self.inbound = inbound
        }

        mutating func more() async throws -> Bool {
            guard var bytes = try await inbound.next() else { throw Gone() }
            rest.writeBuffer(&bytes)
            return true
        }

        mutating func bytes(_ count: Int) async throws -> [UInt8] {
            while rest.readableBytes < count { _ = try await more() }
            return rest.readBytes(length: count) ?? []
        }

        mutating func head() async throws -> String {
            while true {
                let text = String(buffer: rest)
                if let end = text.range(of: "\r\n\r\n") {
                    let head = String(text[..<end.upperBound])
                    rest.moveReaderIndex(forwardBy: head.utf8.count)
                    return head
                }
                _ = try await more()
            }
        }
    }
}
