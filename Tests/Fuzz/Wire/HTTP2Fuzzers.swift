import HTTP2Session
import NIOCore

/// What the first byte of an input decides.
struct ConnectionOptions {
    let byte: UInt8
    var isTapped: Bool { byte & 1 != 0 }
    /// Whether the peer begins as it must.
    var beginsRight: Bool { byte & 2 == 0 }
    /// Whether one stream is let go of early.
    var abandons: Bool { byte & 4 != 0 }
    /// Whether one stream is not read before all is over.
    var sleeps: Bool { byte & 8 != 0 }
}

extension Fuzzer {
    /// A client with open calls, and a server that may say anything.
    package static let http2Client = Fuzzer(
        "http2-client",
        reaching: [
            "interim", "head", "data", "trailers", "end complete", "end reset by peer", "end reset by local",
            "end refused by reset", "end refused by goAway", "end violation", "end headersTooLarge",
            "end connectionLost", "end not sent", "connection violation", "connection notHTTP2", "connection silent",
            "connection closedHere", "connection closedByPeer",
        ]
    ) { input in
        let options = ConnectionOptions(byte: input.byte())
        let line = try FuzzedConnection(.client, isTapped: options.isTapped)
        let client = FuzzedClient(line)
        client.call()
        client.converse()
        if options.abandons { client.look() }
        if options.sleeps { client.sleep() }
        var script = WireScript(line, cut: input.byte(), act: client.act)
        // SETTINGS, with which the calls begin.
        if options.beginsRight { line.receive([0, 0, 0, 4, 0, 0, 0, 0, 0]) }
        try script.play(&input)
        client.wake()
        return try line.close()
    }

    /// A server that answers what it reads, and a client that may say anything.
    package static let http2Server = Fuzzer(
        "http2-server",
        reaching: [
            "head", "data", "trailers", "end complete", "end reset by peer", "end violation", "end headersTooLarge",
            "end connectionLost", "connection violation", "connection notHTTP2", "connection closedHere",
            "connection closedByPeer",
        ]
    ) { input in
        let options = ConnectionOptions(byte: input.byte())
        let server = FuzzedServer(abandons: options.abandons)
        let line = try FuzzedConnection(.server(accept: server.accept), isTapped: options.isTapped)
        server.begin(on: line)
        var script = WireScript(line, cut: input.byte(), act: server.act)
        if options.beginsRight {
            line.receive(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
        }
        try script.play(&input)
        return try line.close()
    }
}

/// Calls of a client, on one thread.
private final class FuzzedClient: @unchecked Sendable {
    private static let head: HTTP2Headers = [
        ":method": "POST", ":scheme": "http", ":path": "/a.B/C", ":authority": "localhost", "te": "trailers",
    ]

    private let line: FuzzedConnection
    private var streams: [HTTP2Stream] = []
    private var sleeping: HTTP2Stream?

    init(_ line: FuzzedConnection) {
        self.line = line
    }

    private func open(waitsForBytes: Bool = false) -> HTTP2Stream {
        let stream = line.connection.open(Self.head, waitsForBytes: waitsForBytes)
        // Others are held by their tasks alone.
        if streams.count < 3 { streams.append(stream) }
        return stream
    }

    /// A call of one message.
    func call() {
        let stream = open(waitsForBytes: true)
        stream.writeLast(ByteBuffer(bytes: [0, 0, 0, 0, 0]))
        read(stream)
    }

    /// A call that writes more than its peer must take.
    func converse() {
        let stream = open()
        read(stream)
        line.tasks.start {
            do {
                for _ in 0..<10 {
                    try await stream.write(ByteBuffer(repeating: 7, count: FuzzedConnection.writeSize))
                }
                stream.finish(trailers: ["x": "y"])
            } catch {}
            await stream.drained()
        }
        line.settle()
    }

    /// A call that is left when something has come.
    func look() {
        let stream = line.connection.open(Self.head, ends: true)
        read(stream, batches: 1)
    }

    /// A call whose answer nobody takes before ``wake()``.
    func sleep() {
        sleeping = line.connection.open(Self.head, ends: true)
        line.settle()
    }

    func wake() {
        if let sleeping { read(sleeping) }
    }

    private func read(_ stream: HTTP2Stream, batches: Int = .max) {
        line.tasks.start { [line] in await line.read(stream, batches: batches) }
        line.settle()
    }

    func act(_ what: UInt8) {
        let connection = line.connection
        switch what & 0xF {
        case 0...2: if streams.indices.contains(Int(what & 0xF)) { streams[Int(what & 0xF)].reset(.cancel) }
        case 3: connection.goAway()
        case 4: connection.goAway(.enhanceYourCalm, text: "calm")
        case 5: connection.update([.initialWindowSize(UInt32(what) << 8)])
        case 6: line.tasks.start { _ = try? await connection.ping() }
        case 7: call()
        case 8: converse()
        case 9: look()
        case 10: connection.close()
        default: break
        }
    }
}

/// A server's handling of its requests, on one thread.
private final class FuzzedServer: @unchecked Sendable {
    private let abandons: Bool
    private var line: FuzzedConnection?

    init(abandons: Bool) {
        self.abandons = abandons
    }

    func begin(on line: FuzzedConnection) {
        self.line = line
    }

    /// Nothing comes before ``begin(on:)``.
    func accept(_ stream: HTTP2Stream) {
        line?.tasks.start { [self] in
            if abandons { return }
            // The answer is on its way while the request is read.
            line?.tasks.start { await Self.answer(stream) }
            await line?.read(stream)
        }
    }

    private static func answer(_ stream: HTTP2Stream) async {
        stream.respond([":status": "200", "content-type": "application/grpc"])
        do {
            for _ in 0..<4 { try await stream.write(ByteBuffer(repeating: 7, count: FuzzedConnection.writeSize)) }
        } catch {}
        stream.conclude(ByteBuffer(bytes: [0, 0, 0, 0, 0]), trailers: ["grpc-status": "0"])
        await stream.closed()
    }

    func act(_ what: UInt8) {
        guard let connection = line?.connection else { return }
        switch what & 0xF {
        case 3: connection.goAway()
        case 4: connection.goAway(.enhanceYourCalm, text: "calm")
        case 5: connection.update([.initialWindowSize(UInt32(what) << 8), .maximumConcurrentStreams(2)])
        case 6: line?.tasks.start { _ = try? await connection.ping() }
        case 10: connection.close()
        default: break
        }
    }
}
