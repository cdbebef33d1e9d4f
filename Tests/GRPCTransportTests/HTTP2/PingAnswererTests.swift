import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import TransportSupport

@Suite("PINGs are answered below HTTP/2")
struct PingAnswererTests {
    /// What a peer may say: questions alone, side by side and between frames of every size, an answer, and a header block of two frames.
    static let questions = [1, 2, 3, 4].map(RawFrame.ping)
    static let conversation: [RawFrame] = [
        .settings, questions[0], .headers([0x88], flags: 0),
        RawFrame(type: 0x9, flags: 0x4, stream: 1, payload: [1, 2]),
        questions[1], questions[2], .data(Array(0..<40)), RawFrame.ping(9).acknowledged, .data([]), questions[3],
        RawFrame(type: 0x8, payload: [0, 0, 0, 1]),
    ]
    static let passed = conversation.filter { $0.type != 0x6 || $0.flags == 1 }

    @Test("wherever reads cut the frames", arguments: [PingAnswerer.Role.client, .server])
    func splits(role: PingAnswerer.Role) throws {
        let start = role == .server ? RawFrame.preface : []
        let bytes = start + Self.conversation.flatMap(\.bytes)
        let expected = start + Self.passed.flatMap(\.bytes)
        let answers = Self.questions.flatMap(\.acknowledged.bytes)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let pipe = try Pipe(role)
                try pipe.read(bytes[..<first], bytes[first..<second], bytes[second...])
                guard pipe.passed == expected, pipe.answers == answers else {
                    Issue.record("cut at \(first) and \(second): passed \(pipe.passed), answered \(pipe.answers)")
                    return
                }
            }
        }
        let pipe = try Pipe(role)
        for byte in bytes { try pipe.read([byte]) }
        #expect(pipe.passed == expected)
        #expect(pipe.answers == answers)
    }

    @Test(
        "the library judges what is no proper question",
        arguments: [
            [RawFrame.ping(1).acknowledged],
            [RawFrame(type: 0x6, payload: [1, 2, 3])],
            [RawFrame(type: 0x6, payload: Array(0..<9))],
            [RawFrame(type: 0x6, stream: 1, payload: Array(0..<8))],
            // Nothing may come between the frames of a header block (RFC 9113, 4.3).
            [.headers([0x88], flags: 0), .ping(1), RawFrame(type: 0x9, flags: 0x4, stream: 1)],
        ])
    func passes(frames: [RawFrame]) throws {
        let pipe = try Pipe(.client)
        let bytes = frames.flatMap(\.bytes)
        try pipe.read(bytes[...])
        #expect(pipe.passed == bytes)
        #expect(pipe.answers.isEmpty)
    }

    @Test("after a header block questions are answered again")
    func afterHeaders() throws {
        let pipe = try Pipe(.client)
        try pipe.read(RawFrame.headers([0x88], flags: 0).bytes[...])
        try pipe.read((RawFrame(type: 0x9, flags: 0x4, stream: 1).bytes + RawFrame.ping(1).bytes)[...])
        #expect(pipe.answers == RawFrame.ping(1).acknowledged.bytes)
    }

    @Test("data is passed on where it lies")
    func copiesNothing() throws {
        let pipe = try Pipe(.client)
        let frame = RawFrame.data([UInt8](repeating: 7, count: 1000)).bytes
        let whole = ByteBuffer(bytes: frame)
        try pipe.channel.writeInbound(whole)
        let mixed = ByteBuffer(bytes: frame + RawFrame.ping(1).bytes + frame)
        try pipe.channel.writeInbound(mixed)
        let places = pipe.collector.buffers.map(Self.place)
        let start = Self.place(mixed)
        #expect(places == [Self.place(whole), start, start + UInt(frame.count + 17)])
    }

    private static func place(_ buffer: ByteBuffer) -> UInt {
        buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
    }

    @Test("a peer that reads its answers may ask as often as it likes")
    func patient() throws {
        let pipe = try Pipe(.client)
        let questions = ByteBuffer(bytes: (1...50_000).flatMap { RawFrame.ping($0).bytes })
        try pipe.channel.writeInbound(questions)
        #expect(pipe.answers.count == 50_000 * 17)
        #expect(pipe.channel.isActive)
        #expect(pipe.floods == 0)
    }

    @Test("answers that are not read are bounded, and the connection is ended")
    func floods() throws {
        let pipe = try Pipe(.client, isDammed: true)
        let question = RawFrame.ping(1).bytes[...]
        for _ in 0..<PingAnswerer.limit { try pipe.read(question) }
        #expect(pipe.channel.isActive)
        #expect(throws: PingAnswerer.Flood.self) { try pipe.read(question) }
        #expect(!pipe.channel.isActive)
        #expect(pipe.floods == 1)
        #expect(pipe.dam.promises.count == PingAnswerer.limit)
        // Nothing goes on after the end.
        try? pipe.read(RawFrame.data([1]).bytes[...])
        #expect(pipe.passed.isEmpty)
        for promise in pipe.dam.promises { promise?.fail(ChannelError.ioOnClosedChannel) }
    }

    @Test("a flood in one read is bounded, too")
    func floodAtOnce() throws {
        let pipe = try Pipe(.server, isDammed: true)
        try pipe.read(RawFrame.preface[...])
        let flood = ByteBuffer(bytes: (1...10_000).flatMap { RawFrame.ping($0).bytes })
        #expect(throws: PingAnswerer.Flood.self) { try pipe.channel.writeInbound(flood) }
        #expect(pipe.dam.bytes <= PingAnswerer.limit * 17)
        for promise in pipe.dam.promises { promise?.fail(ChannelError.ioOnClosedChannel) }
    }

    @Test("answers that are read at last make room")
    func drains() throws {
        let pipe = try Pipe(.client, isDammed: true)
        let question = RawFrame.ping(1).bytes[...]
        for _ in 0..<3 {
            for _ in 0..<PingAnswerer.limit { try pipe.read(question) }
            pipe.dam.open()
        }
        #expect(pipe.floods == 0)
    }
}

/// A pipeline with the handler between a socket and what stands for HTTP/2.
private final class Pipe {
    let channel = EmbeddedChannel()
    let collector = Collector()
    let dam: Dam
    private let count = FloodCount()

    init(_ role: PingAnswerer.Role, isDammed: Bool = false) throws {
        dam = Dam(isClosed: isDammed)
        try channel.pipeline.syncOperations.addHandlers([
            dam, PingAnswerer(role) { [count] in count.add() }, collector,
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    func read(_ parts: ArraySlice<UInt8>...) throws {
        for part in parts { try channel.writeInbound(ByteBuffer(bytes: part)) }
    }

    var floods: Int { count.value }
    var passed: [UInt8] { collector.buffers.flatMap { Array($0.readableBytesView) } }
    var answers: [UInt8] { dam.buffers.flatMap { Array($0.readableBytesView) } }
}

private final class FloodCount: Sendable {
    private let count = Mutex(0)

    func add() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock { $0 } }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private(set) var buffers: [ByteBuffer] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        buffers.append(unwrapInboundIn(data))
    }
}

/// Stands for the socket: takes what is written at once, or not before it is opened.
private final class Dam: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var buffers: [ByteBuffer] = []
    private(set) var promises: [EventLoopPromise<Void>?] = []
    private let isClosed: Bool

    init(isClosed: Bool) {
        self.isClosed = isClosed
    }

    var bytes: Int { buffers.reduce(0) { $0 + $1.readableBytes } }

    func open() {
        for promise in promises { promise?.succeed() }
        promises = []
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        buffers.append(unwrapOutboundIn(data))
        if isClosed { promises.append(promise) } else { promise?.succeed() }
    }
}
