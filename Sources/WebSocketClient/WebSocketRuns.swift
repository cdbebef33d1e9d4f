import NIOCore
import NIOWebSocket
import RPCCore

/// Tells a tap of the frames of a WebSocket that go one way: those that follow each other at once and are alike together, as one
/// record for each of a million small messages would cost as much as carrying them.
struct WebSocketRuns {
    private let connection: TappedConnection?
    private let direction: Direction
    private var run: WebSocketRun?

    init(_ connection: TappedConnection?, _ direction: Direction) {
        self.connection = connection
        self.direction = direction
    }

    /// Whether anybody wants to know.
    var isListening: Bool { connection?.isListening ?? false }

    /// Notes a frame. To be called only where ``isListening``.
    mutating func note(_ opcode: WebSocketOpcode, isFinal: Bool, _ payload: UnsafeRawBufferPointer) {
        var next = WebSocketRun(
            opcode: UInt8(webSocketOpcode: opcode), isFinal: isFinal, isMasked: direction == .sent,
            bytes: payload.count)
        if opcode == .connectionClose, payload.count >= 2 {
            next.closeCode = Int(payload[0]) << 8 | Int(payload[1])
            next.reason = String(decoding: payload[2...], as: UTF8.self)
        }
        if let run, run.isLike(next) {
            self.run?.frames += 1
            self.run?.bytes += next.bytes
        } else {
            tell()
            run = next
        }
    }

    /// Tells of what was noted.
    mutating func tell() {
        guard let run = run.take() else { return }
        connection?.record(.webSocket(run), direction)
    }
}
