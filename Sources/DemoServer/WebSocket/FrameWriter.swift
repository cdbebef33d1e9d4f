import NIOCore
import NIOWebSocket
import RPCCore

/// Frames of a server (RFC 6455, 5.2: unmasked), gathered in one buffer so that they leave in one write.
struct FrameWriter {
    private let allocator: ByteBufferAllocator
    private let faults: FaultRun
    private var frames: ByteBuffer
    private var text = JSONText()

    init(allocator: ByteBufferAllocator, faults: FaultRun) {
        self.allocator = allocator
        self.faults = faults
        frames = allocator.buffer(capacity: 0)
    }

    var isEmpty: Bool { frames.readableBytes == 0 }

    /// Hands over what was gathered.
    mutating func take() -> ByteBuffer {
        defer { frames = allocator.buffer(capacity: 0) }
        return frames
    }

    mutating func writeResponse(_ reply: HelloReply) {
        writeResponse { $0.append(reply) }
    }

    /// - Parameter data: Writes the reply.
    mutating func writeResponse(_ data: (inout JSONText) -> Void) {
        let isBroken = faults.breaksReply()
        writeMessage { text in
            text.append(raw: "{\"type\":\"response\",\"data\":")
            data(&text)
            if !isBroken { text.append(raw: "}") }
        }
    }

    mutating func writeComplete() {
        writeMessage { $0.append(raw: "{\"type\":\"complete\"}") }
    }

    mutating func writeError(_ message: String) {
        writeMessage { text in
            text.append(raw: "{\"type\":\"error\",\"error\":")
            text.append(message)
            text.append(raw: "}")
        }
    }

    /// Writes a whole frame of any kind.
    mutating func write(_ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>) {
        writeHeader(opcode, length: payload.count)
        frames.writeBytes(payload)
    }

    private mutating func writeMessage(_ body: (inout JSONText) -> Void) {
        text.removeAll()
        body(&text)
        writeHeader(.text, length: text.bytes.count)
        frames.writeBytes(text.bytes)
    }

    private mutating func writeHeader(_ opcode: WebSocketOpcode, length: Int) {
        frames.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))
        switch length {
        case ...125: frames.writeInteger(UInt8(length))
        case ...0xFFFF:
            frames.writeInteger(126 as UInt8)
            frames.writeInteger(UInt16(length))
        default:
            frames.writeInteger(127 as UInt8)
            frames.writeInteger(UInt64(length))
        }
    }
}
