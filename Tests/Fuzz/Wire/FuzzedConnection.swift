import HTTP2Session
import NIOCore
import NIOEmbedded
import Synchronization

/// A connection in memory, with tasks that use it and a peer that may say anything. All of it is done on one thread.
final class FuzzedConnection: @unchecked Sendable {
    /// Bytes that are written at a time.
    static let writeSize = 3000
    static let configuration = HTTP2Configuration(
        streamWindow: 8192, connectionWindow: 100_000, maximumHeaderListSize: 1000, maximumConcurrentStreams: 4,
        outboundLimit: 4096, maximumUnsentAnswers: 50,
        keepAlive: HTTP2KeepAlive(interval: .seconds(50), timeout: .seconds(10)), idleLimit: .seconds(200))

    /// What tasks tell.
    struct Notes {
        var landmarks: Set<String> = []
        var finding: Finding?
    }

    let channel = EmbeddedChannel()
    let connection: HTTP2Connection
    let tasks = OneThread()
    let notes = Mutex(Notes())
    private let tap: HTTP2Tap?
    /// Streams that may be open at once: a client opens as many as it is asked for.
    private let streamLimit: Int

    init(_ role: HTTP2SessionHandler.Role, isTapped: Bool) throws {
        streamLimit = if case .server = role { Self.configuration.maximumConcurrentStreams } else { .max }
        tap = isTapped ? HTTP2Tap(limit: 64, asksForRoundTrip: true) : nil
        let handler = HTTP2SessionHandler(role: role, configuration: Self.configuration, tap: tap)
        connection = handler.connection
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        settle()
    }

    /// Lets tasks and loop do all that they can.
    func settle() {
        repeat { channel.embeddedEventLoop.run() } while tasks.run()
        while let _ = try? channel.readOutbound(as: ByteBuffer.self) {}
    }

    func receive(_ bytes: some Collection<UInt8>) {
        guard channel.isActive, !bytes.isEmpty else { return }
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        settle()
    }

    func pass(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
        settle()
    }

    /// The socket is full from now on, or takes bytes again.
    func toggleWritability() {
        channel.isWritable.toggle()
        channel.pipeline.fireChannelWritabilityChanged()
        settle()
    }

    /// Reads a stream to its end, or takes so many batches and lets go of it.
    /// - Parameter onBlock: Looks at each header block.
    func read(
        _ stream: HTTP2Stream, batches: Int = .max, onBlock: @escaping (HTTP2HeaderBlock) throws -> Void = { _ in }
    ) async {
        var check = StreamCheck(onBlock: onBlock)
        do {
            var count = 0
            while count < batches, let batch = try await stream.next() {
                count += 1
                try check.take(batch)
            }
            if count < batches { try check.finish() }
        } catch {
            note(error)
        }
        notes.withLock { $0.landmarks.formUnion(check.landmarks) }
    }

    func note(_ error: any Error) {
        let finding = error as? Finding ?? Finding(description: "a task failed: \(error)")
        notes.withLock { $0.finding = $0.finding ?? finding }
    }

    /// What must hold at any time.
    func check() throws {
        if let finding = notes.withLock(\.finding) { throw finding }
        if let tap { try hold(tap.take().records.count <= 64, "the tap holds more than its limit") }
        let standing = Mutex<HTTP2Snapshot?>(nil)
        tasks.start { [connection] in
            let snapshot = await connection.snapshot()
            standing.withLock { $0 = snapshot }
        }
        settle()
        guard let snapshot = standing.withLock({ $0 }) else { return }
        for stream in snapshot.streams {
            try hold(
                stream.queued <= Self.configuration.outboundLimit + Self.writeSize,
                "\(stream.queued) bytes of stream \(stream.id) wait to be sent")
        }
        try hold(snapshot.streams.count <= streamLimit, "\(snapshot.streams.count) streams are open")
    }

    /// Closes the connection, after which nothing may be left.
    func close() throws -> Set<String> {
        try check()
        _ = try? channel.finish(acceptAlreadyClosed: true)
        settle()
        if let finding = notes.withLock(\.finding) { throw finding }
        try hold(connection.end != nil, "the connection has no end though its channel is closed")
        try hold(tasks.running == 0, "\(tasks.running) tasks wait for a connection that is over")
        var landmarks = notes.withLock(\.landmarks)
        if let end = connection.end { landmarks.insert("connection \(end.reason.landmark)") }
        return landmarks
    }
}

/// What comes on a stream comes in its order, within its bounds, and has one end.
struct StreamCheck {
    let onBlock: (HTTP2HeaderBlock) throws -> Void
    private(set) var landmarks: Set<String> = []
    private var hasHead = false
    private var hasTrailers = false
    private var hasEnd = false
    private var interims = 0

    init(onBlock: @escaping (HTTP2HeaderBlock) throws -> Void) {
        self.onBlock = onBlock
    }

    mutating func take(_ batch: [HTTP2StreamEvent]) throws {
        try hold(!batch.isEmpty, "a batch of nothing")
        var bytes = 0
        for event in batch {
            try hold(!hasEnd, "something comes behind the end of a stream")
            switch event {
            case .interim(let block):
                interims += 1
                landmarks.insert("interim")
                try hold(!hasHead && interims <= 16, "interim response \(interims)")
                try check(block)
            case .head(let block):
                try hold(!hasHead, "a second head")
                hasHead = true
                landmarks.insert("head")
                try check(block)
            case .data(let data):
                try hold(hasHead && !hasTrailers, "data before the head or behind the trailers")
                try hold(data.readableBytes > 0, "no bytes of data")
                bytes += data.readableBytes
                landmarks.insert("data")
            case .trailers(let block):
                try hold(hasHead && !hasTrailers, "trailers before the head, or twice")
                hasTrailers = true
                landmarks.insert("trailers")
                try check(block)
            case .end(let end):
                hasEnd = true
                landmarks.insert("end \(end.landmark)")
            }
        }
        // The window of every peer is 65,535 until it has acknowledged SETTINGS that say something else (RFC 9113, 6.9.2).
        // The frame with which a peer goes beyond it comes yet, and is the last.
        let window = max(65_535, FuzzedConnection.configuration.streamWindow) + 16_384
        try hold(bytes <= window, "\(bytes) bytes have come on a stream, and \(window) is the most")
    }

    func finish() throws(Finding) {
        try hold(hasEnd, "a stream is over and has no end")
    }

    private func check(_ block: HTTP2HeaderBlock) throws {
        try onBlock(block)
        let limit = FuzzedConnection.configuration.maximumHeaderListSize
        try hold(block.size <= limit, "a header block of \(block.size) bytes is over the limit")
        for field in block.headers.fields {
            try hold(!field.name.isEmpty, "a field without a name")
            // RFC 9113, 8.2.1.
            try hold(!field.name.utf8.contains { (0x41...0x5A).contains($0) }, "capitals in '\(field.name)'")
            try hold(!field.name.utf8.contains { $0 <= 0x20 || $0 == 0x7F }, "a control character in a name")
            try hold(!field.value.utf8.contains { [0, 10, 13].contains($0) }, "a line break in '\(field.name)'")
        }
    }
}

extension HTTP2StreamEnd {
    fileprivate var landmark: String {
        switch self {
        case .complete: "complete"
        case .reset(_, let side): "reset by \(side)"
        case .refused(.reset): "refused by reset"
        case .refused(.goAway): "refused by goAway"
        case .refused(.notSent): "not sent"
        case .headersTooLarge: "headersTooLarge"
        case .violation: "violation"
        case .connectionLost: "connectionLost"
        }
    }
}

extension HTTP2ConnectionEnd.Reason {
    fileprivate var landmark: String {
        switch self {
        case .closedByPeer: "closedByPeer"
        case .closedHere: "closedHere"
        case .broken: "broken"
        case .silent: "silent"
        case .violation: "violation"
        case .notHTTP2: "notHTTP2"
        }
    }
}
