import HTTP2Session
import RawFrames

/// What happens to a connection, as the bytes of an input say it: frames of the peer, well formed or not, time that passes, a socket
/// that is full, and what this side asks for.
///
/// | Byte | Followed by |
/// | --- | --- |
/// | 0…9, a frame of that type; 15, one of a type that nobody knows | flags, stream, a number, so many bytes of payload |
/// | 10, time passes | seconds |
/// | 11, the socket is full, or no more | |
/// | 12, bytes that need not be a frame | a number, so many bytes |
/// | 13, this side asks for something | what |
/// | 14, the next is read by itself | |
///
/// With 128 added, a frame, or what this side asks for, is followed by how often it comes.
struct WireScript {
    /// The bytes of the peer that an input may make.
    private static let limit = 1 << 19
    private static let streams: [UInt32] = [0, 1, 3, 5, 7, 9, 2, 0x7FFF_FFFF]

    let target: FuzzedConnection
    /// Asks for something of this side.
    let act: (UInt8) -> Void
    private var cutter: Cutter
    private var pending: [UInt8] = []
    private var total = 0

    init(_ target: FuzzedConnection, cut: UInt8, act: @escaping (UInt8) -> Void) {
        (self.target, self.act, cutter) = (target, act, Cutter(cut))
    }

    mutating func play(_ input: inout FuzzInput) throws {
        while !input.isEmpty, total < Self.limit {
            let code = input.byte()
            switch code & 0xF {
            case 10:
                deliver()
                target.pass(.seconds(Int64(input.byte())))
            case 11:
                deliver()
                target.toggleWritability()
            case 12: add(input.piece())
            case 13:
                deliver()
                let (what, times) = (input.byte(), code < 0x80 ? 1 : input.byte())
                for _ in 0..<min(times, 32) { act(what) }
                target.settle()
            case 14: deliver()
            case let type:
                let frame = Self.frame(type == 15 ? 0xFA : type, &input)
                for _ in 0..<(code < 0x80 ? 1 : Int(input.byte())) where total < Self.limit { add(frame) }
            }
            if pending.isEmpty { try target.check() }
        }
        deliver()
    }

    private static func frame(_ type: UInt8, _ input: inout FuzzInput) -> [UInt8] {
        let (flags, stream) = (input.byte(), streams[Int(input.byte()) % streams.count])
        return RawFrame(type: type, flags: flags, stream: stream, payload: input.piece()).bytes
    }

    private mutating func add(_ bytes: [UInt8]) {
        total += bytes.count
        pending += bytes
    }

    private mutating func deliver() {
        for piece in cutter.pieces(of: pending) { target.receive(piece) }
        pending = []
    }
}
