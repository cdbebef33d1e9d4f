import Foundation
import HTTP2Session
import NIOCore
import NIOPosix

// This program's HTTP/2 by itself, so that other programs can be set against it.
//
//     http2-peer serve                     prints its port, and serves until its standard input ends
//     http2-peer get PORT PATH [LENGTH]    asks for a path, posting so many bytes, and prints what comes of it

/// Answers GET /N with N bytes and a trailer, and POST with what it was sent.
@Sendable func answer(_ stream: HTTP2Stream) async throws {
    var isEcho = false
    var path = "/0"
    while let batch = try await stream.next() {
        for event in batch {
            switch event {
            case .head(let block):
                isEcho = block.headers[":method"] == "POST"
                path = block.headers[":path"] ?? path
                stream.respond([":status": "200", "content-type": "application/octet-stream"])
            case .data(let bytes) where isEcho: try await stream.write(bytes)
            default: break
            }
        }
    }
    var rest = isEcho ? 0 : Int(path.dropFirst()) ?? 0
    while rest > 0 {
        let count = min(rest, 100_000)
        try await stream.write(ByteBuffer(repeating: UInt8(ascii: "x"), count: count))
        rest -= count
    }
    stream.finish(trailers: ["checked": "yes"])
}

func serve() async throws {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = HTTP2SessionHandler(role: .server { stream in Task { try? await answer(stream) } })
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    // Unlike `print`, it does not wait for a full buffer.
    try FileHandle.standardOutput.write(contentsOf: Data("\(listener.localAddress?.port ?? 0)\n".utf8))
    while readLine() != nil {}
}

func get(port: Int, path: String, posting length: Int?) async throws {
    let (connections, continuation) = AsyncStream.makeStream(of: HTTP2Connection.self)
    _ = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = HTTP2SessionHandler(role: .client)
                continuation.yield(handler.connection)
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        .connect(host: "127.0.0.1", port: port).get()
    var iterator = connections.makeAsyncIterator()
    guard let connection = await iterator.next() else { return }
    let stream = connection.open(
        [
            ":method": length == nil ? "GET" : "POST", ":scheme": "http", ":authority": "127.0.0.1:\(port)",
            ":path": path,
        ], ends: length == nil)
    let writing = Task {
        guard let length else { return }
        try await stream.write(ByteBuffer(repeating: UInt8(ascii: "y"), count: length), ends: true)
    }
    var (status, bytes, trailers, end) = ("none", 0, 0, "none")
    while let batch = try await stream.next() {
        for event in batch {
            switch event {
            case .head(let block): status = block.headers[":status"] ?? "none"
            case .data(let data): bytes += data.readableBytes
            case .trailers(let block): trailers += block.headers.fields.count
            case .end(let how): end = "\(how)"
            case .interim: break
            }
        }
    }
    writing.cancel()
    let ping = try await connection.ping()
    print("\(status) \(bytes) bytes \(trailers) trailers \(end)\(ping == nil ? " no ping" : "")")
}

switch (CommandLine.arguments.dropFirst().first, CommandLine.arguments.count) {
case ("serve", 2): try await serve()
case ("get", 4...5):
    let arguments = CommandLine.arguments
    try await get(
        port: Int(arguments[2]) ?? 0, path: arguments[3], posting: arguments.count > 4 ? Int(arguments[4]) : nil)
default:
    print("usage: http2-peer serve | http2-peer get PORT PATH [LENGTH]")
    exit(64)
}
