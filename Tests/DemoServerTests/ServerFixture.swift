import DemoServer
import RPCCore

/// Runs `body` with a demo server of its own, which waits for slow clients.
func withServer(
    _ configuration: DemoServerConfiguration = DemoServerConfiguration(),
    _ body: (DemoServer) async throws -> Void
) async throws {
    var configuration = configuration
    configuration.idleTimeout = .seconds(3600)
    let server = try await DemoServer.start(configuration)
    do {
        try await body(server)
        await server.stop()
    } catch {
        await server.stop()
        throw error
    }
}

/// One HTTP exchange on a connection of its own.
/// - Returns: the whole answer, as it came.
func exchange(_ method: String, _ path: String, _ body: String, with server: DemoServer) async throws -> String {
    let connection = try RawConnection(to: server.address)
    try await connection.send(
        """
        \(method) \(path) HTTP/1.1\r\nHost: greeter.test\r\nConnection: close\r\n\
        Content-Length: \(body.utf8.count)\r\n\r\n\(body)
        """)
    return String(decoding: try await connection.receiveAll(), as: UTF8.self)
}

/// A connection that has been through the WebSocket handshake.
func openStream(_ path: String, to server: DemoServer) async throws -> RawConnection {
    let connection = try RawConnection(to: server.address)
    try await connection.send(handshake(path))
    _ = try await connection.receive(through: "\r\n\r\n")
    return connection
}

/// The handshake of RFC 6455, 1.3, with its key.
func handshake(_ path: String) -> String {
    """
    GET \(path) HTTP/1.1\r\nHost: greeter.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
    """
}

/// The frames of RFC 6455, 5.2, byte by byte.
enum Frame {
    static let text: UInt8 = 0x81
    static let close: UInt8 = 0x88
    static let ping: UInt8 = 0x89
    static let pong: UInt8 = 0x8A

    /// A frame as a client sends it.
    static func client(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = true) -> [UInt8] {
        let key: [UInt8] = isMasked ? [0x37, 0xFA, 0x21, 0x3D] : []
        let masked = isMasked ? payload.enumerated().map { $1 ^ key[$0 % 4] } : payload
        return [first] + length(payload.count, mask: isMasked ? 0x80 : 0) + key + masked
    }

    static func client(_ message: String) -> [UInt8] {
        client(text, Array(message.utf8))
    }

    /// A frame as a server sends it.
    static func server(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [first] + length(payload.count, mask: 0) + payload
    }

    static func server(_ message: String) -> [UInt8] {
        server(text, Array(message.utf8))
    }

    private static func length(_ count: Int, mask: UInt8) -> [UInt8] {
        switch count {
        case ...125: [mask | UInt8(count)]
        case ...0xFFFF: [mask | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
        default: [mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
    }
}

/// Routes by their short names.
enum Route {
    static let clientStream = "/v1/helloworld/client_stream"
    static let bidirectional = "/v1/helloworld/ws"
    static let marker = #"{"__end_stream__": true}"#
}
