/// What records of the wire come to: counts, windows as they are now, and what has stood still. Its size does not depend on how many
/// there were.
public struct WireSummary: Hashable, Sendable {
    /// What went one way.
    public struct Traffic: Hashable, Sendable {
        /// Frames that carry payload: DATA, and those of a WebSocket that are no control frames; and their bytes.
        public var frames = 0
        public var bytes = 0
        public var messages = 0
        /// Bytes of the messages, uncompressed and as they travelled; 0 where nobody has told.
        public var messageBytes = 0
        public var encodedMessageBytes = 0
        /// Bytes of header blocks, before HPACK and after it.
        public var headerBytes = 0
        public var encodedHeaderBytes = 0

        /// How many messages a frame has; `nil` where there was none.
        public var messagesPerFrame: Double? {
            frames > 0 && messages > 0 ? Double(messages) / Double(frames) : nil
        }
    }

    /// What may be sent one way.
    public struct Window: Hashable, Sendable {
        public var now: Int
        /// The most that it was known to be.
        public var size: Int

        init(_ now: Int = 65_535) {
            (self.now, size) = (now, now)
        }

        mutating func set(_ now: Int) {
            self.now = now
            size = max(size, now)
        }
    }

    /// The windows of a connection or a stream: what this side may send, and what the peer may.
    public struct Windows: Hashable, Sendable {
        public var send = Window()
        public var receive = Window()
    }

    /// A connection that is open.
    public struct Connection: Hashable, Sendable {
        public var info: WireConnection?
        /// Whether its windows are known: they are those of HTTP/2.
        public var hasWindows = false
        public var windows = Windows()
        public var streams: [Int: Windows] = [:]
        /// What the peer has set, and this side.
        public var settings: [UInt16: UInt32] = [:]
        public var ownSettings: [UInt16: UInt32] = [:]
    }

    /// Bytes that wait.
    public struct Wait: Hashable, Sendable {
        public var connection: Int
        public var stream: Int
        public var stall: WireStall
        public var bytes: Int
        /// Since when at least, as ``CallClock/now``.
        public var since: Duration
    }

    /// What has waited and went on.
    public struct Stalls: Hashable, Sendable {
        public var count = 0
        public var total = Duration.zero
        public var longest = Duration.zero
        /// For what the longest has waited.
        public var longestStall: WireStall?
    }

    /// Connections and streams of one that are kept track of.
    static let connectionLimit = 64
    static let streamLimit = 1000

    /// How many records there were, and how many could not be kept before they were counted.
    public private(set) var records = 0
    public private(set) var dropped = 0
    public private(set) var sent = Traffic()
    public private(set) var received = Traffic()
    public private(set) var stalls = Stalls()
    public private(set) var waits: [Wait] = []
    public private(set) var connections: [Int: Connection] = [:]
    /// How long the last PING took.
    public private(set) var roundTrip: Duration?
    /// What a peer has set last, whether its connection is still open or not.
    public private(set) var lastSettings: [UInt16: UInt32]?
    /// The stream that was heard of last.
    public private(set) var newest: Place?

    /// A stream of a connection.
    public struct Place: Hashable, Sendable {
        public var connection: Int
        public var stream: Int

        public init(connection: Int, stream: Int) {
            self.connection = connection
            self.stream = stream
        }
    }

    public init() {}

    /// What waits now for the longest time.
    public var currentWait: Wait? { waits.min { $0.since < $1.since } }

    /// The windows of a stream; `nil` where it is not open.
    public func windows(of place: Place) -> Windows? { connections[place.connection]?.streams[place.stream] }

    public mutating func drop(_ count: Int) {
        dropped = dropped.clampedAdding(count)
    }

    public mutating func apply(_ record: WireRecord) {
        records += 1
        switch record.fact {
        case .frame(let frame): apply(frame, record)
        case .data(let data): apply(data, record)
        case .webSocket(let run) where run.opcode <= 2:
            change(record.direction) { traffic in
                traffic.frames += run.frames
                traffic.bytes += run.bytes
                if run.isFinal { traffic.messages += run.frames }
            }
        case .messages(let messages):
            change(record.direction) { traffic in
                traffic.messages += messages.count
                traffic.messageBytes += messages.bytes
                traffic.encodedMessageBytes += messages.encodedBytes
            }
        case .event: change(record.direction) { $0.messages += 1 }
        case .body(let bytes):
            change(record.direction) { traffic in
                traffic.frames += 1
                traffic.bytes += bytes
            }
        case .roundTrip(let time): roundTrip = time
        case .stallBegan(let stall, let bytes): begin(stall, bytes, record)
        case .stallEnded(let stall, let length): end(stall, length, record)
        case .standing(let standing): apply(standing, record)
        case .connected(let info): onConnection(record) { $0.info = info }
        case .closed:
            guard let connection = record.connection else { break }
            connections[connection] = nil
            waits.removeAll { $0.connection == connection }
        case .streamClosed:
            guard let connection = record.connection, let stream = record.stream else { break }
            connections[connection]?.streams[stream] = nil
            waits.removeAll { $0.connection == connection && $0.stream == stream }
        case .webSocket, .violation, .queued, .request, .response: break
        }
    }

    private mutating func change(_ direction: Direction?, _ body: (inout Traffic) -> Void) {
        switch direction {
        case .sent: body(&sent)
        case .received: body(&received)
        case nil: break
        }
    }

    // MARK: HTTP/2

    private mutating func apply(_ frame: WireFrame, _ record: WireRecord) {
        switch frame.content {
        case .headers(_, let size):
            change(record.direction) { traffic in
                traffic.headerBytes += size
                traffic.encodedHeaderBytes += frame.length
            }
            onStream(record) { _ in }
        case .settings(let settings):
            onConnection(record) { connection in
                for setting in settings {
                    if record.direction == .received {
                        connection.settings[setting.identifier] = setting.value
                    } else {
                        connection.ownSettings[setting.identifier] = setting.value
                    }
                }
            }
            // An acknowledgement sets nothing.
            if record.direction == .received, frame.flags & 1 == 0 {
                lastSettings = record.connection.flatMap { connections[$0]?.settings }
            }
        case .window(_, let now):
            // A WINDOW_UPDATE that has come is for what this side sends.
            let change: (inout Windows) -> Void = { windows in
                if record.direction == .received { windows.send.set(now) } else { windows.receive.set(now) }
            }
            if record.stream == nil {
                onConnection(record) { change(&$0.windows) }
            } else {
                onStream(record, change)
            }
        case .none, .goAway, .reset: break
        }
    }

    private mutating func apply(_ data: WireData, _ record: WireRecord) {
        change(record.direction) { traffic in
            traffic.frames += data.frames
            traffic.bytes += data.bytes
        }
        let isSent = record.direction == .sent
        onConnection(record) { connection in
            if isSent {
                connection.windows.send.set(data.connectionWindow)
            } else {
                connection.windows.receive.set(data.connectionWindow)
            }
        }
        guard let now = data.streamWindow else { return }
        onStream(record) { windows in
            if isSent { windows.send.set(now) } else { windows.receive.set(now) }
        }
    }

    private mutating func apply(_ standing: WireStanding, _ record: WireRecord) {
        guard let number = record.connection else { return }
        waits.removeAll { $0.connection == number }
        onConnection(record) { connection in
            connection.windows.send.set(standing.sendWindow)
            connection.windows.receive.set(standing.receiveWindow)
            for setting in standing.settings { connection.settings[setting.identifier] = setting.value }
            for setting in standing.ownSettings { connection.ownSettings[setting.identifier] = setting.value }
            connection.streams = [:]
        }
        lastSettings = connections[number]?.settings
        for stream in standing.streams {
            onStream(WireRecord(time: record.time, connection: number, stream: stream.id, fact: record.fact)) {
                $0.send.set(stream.sendWindow)
                $0.receive.set(stream.receiveWindow)
            }
        }
    }

    private mutating func onConnection(_ record: WireRecord, _ change: (inout Connection) -> Void) {
        guard let number = record.connection else { return }
        if connections[number] == nil, connections.count >= Self.connectionLimit, let oldest = connections.keys.min() {
            connections[oldest] = nil
        }
        var isWindowed = true
        if case .connected = record.fact { isWindowed = false }
        var connection = connections.removeValue(forKey: number) ?? Connection()
        change(&connection)
        if isWindowed { connection.hasWindows = true }
        connections[number] = connection
    }

    private mutating func onStream(_ record: WireRecord, _ change: (inout Windows) -> Void) {
        guard let number = record.connection, let stream = record.stream else { return }
        newest = Place(connection: number, stream: stream)
        onConnection(record) { connection in
            if connection.streams[stream] == nil {
                if connection.streams.count >= Self.streamLimit, let oldest = connection.streams.keys.min() {
                    connection.streams[oldest] = nil
                }
                var windows = Windows()
                windows.send = Window(Int(connection.settings[WireSetting.initialWindowSize] ?? 65_535))
                windows.receive = Window(Int(connection.ownSettings[WireSetting.initialWindowSize] ?? 65_535))
                connection.streams[stream] = windows
            }
            if var windows = connection.streams.removeValue(forKey: stream) {
                change(&windows)
                connection.streams[stream] = windows
            }
        }
    }

    private mutating func begin(_ stall: WireStall, _ bytes: Int, _ record: WireRecord) {
        guard let connection = record.connection, let stream = record.stream else { return }
        waits.removeAll { $0.connection == connection && $0.stream == stream }
        guard waits.count < Self.streamLimit else { return }
        waits.append(Wait(connection: connection, stream: stream, stall: stall, bytes: bytes, since: record.time))
    }

    private mutating func end(_ stall: WireStall, _ length: Duration, _ record: WireRecord) {
        waits.removeAll { $0.connection == record.connection && $0.stream == record.stream }
        stalls.count += 1
        stalls.total += length
        guard length > stalls.longest || stalls.longestStall == nil else { return }
        (stalls.longest, stalls.longestStall) = (length, stall)
    }
}
