/// How one side of a connection behaves.
package struct HTTP2Configuration: Sendable {
    /// Bytes that the peer may send on a stream before the consumer has taken some (SETTINGS_INITIAL_WINDOW_SIZE).
    package var streamWindow: Int
    /// Bytes that the peer may send on the connection before this side has read some. Credit is given back as bytes are
    /// read from the socket, so a stream that is not consumed does not hold up the others; what it holds in memory is bounded
    /// by its own window.
    package var connectionWindow: Int
    /// The largest header block that is accepted, in the bytes of SETTINGS_MAX_HEADER_LIST_SIZE.
    package var maximumHeaderListSize: Int
    /// Streams that the peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS); for servers.
    package var maximumConcurrentStreams: Int
    /// Bytes of one stream that may wait to be put into frames before ``HTTP2Stream/write(_:ends:)`` waits.
    package var outboundLimit: Int
    /// Answers to PING and SETTINGS that may wait to be sent. A peer that asks for more without reading is cut off.
    package var maximumUnsentAnswers: Int
    /// When keep-alive PINGs are sent; `nil` for never.
    package var keepAlive: HTTP2KeepAlive?
    /// How long a connection may go on without a stream before this side ends it; `nil` for ever.
    package var idleLimit: Duration?

    package init(
        streamWindow: Int = 1 << 20, connectionWindow: Int = 1 << 22, maximumHeaderListSize: Int = 16 * 1024,
        maximumConcurrentStreams: Int = 1000, outboundLimit: Int = 256 * 1024, maximumUnsentAnswers: Int = 1000,
        keepAlive: HTTP2KeepAlive? = nil, idleLimit: Duration? = nil
    ) {
        self.streamWindow = streamWindow
        self.connectionWindow = connectionWindow
        self.maximumHeaderListSize = maximumHeaderListSize
        self.maximumConcurrentStreams = maximumConcurrentStreams
        self.outboundLimit = outboundLimit
        self.maximumUnsentAnswers = maximumUnsentAnswers
        self.keepAlive = keepAlive
        self.idleLimit = idleLimit
    }
}

/// When a silent peer is sent a keep-alive PING, and how long it may take to answer.
package struct HTTP2KeepAlive: Hashable, Sendable {
    /// How long nothing must have come before a PING is sent.
    package var interval: Duration
    /// How long anything may take to come then, before the connection counts as lost.
    package var timeout: Duration
    /// Whether it is asked for while no stream is open, too.
    package var worksWithoutStreams: Bool

    package init(interval: Duration, timeout: Duration, worksWithoutStreams: Bool = false) {
        self.interval = interval
        self.timeout = timeout
        self.worksWithoutStreams = worksWithoutStreams
    }
}

/// One parameter of a SETTINGS frame (RFC 9113, 6.5.1).
package struct HTTP2Setting: Hashable, Sendable {
    package var identifier: UInt16
    package var value: UInt32

    package init(_ identifier: UInt16, _ value: UInt32) {
        self.identifier = identifier
        self.value = value
    }

    package static func headerTableSize(_ value: UInt32) -> HTTP2Setting { HTTP2Setting(1, value) }
    package static func enablePush(_ value: Bool) -> HTTP2Setting { HTTP2Setting(2, value ? 1 : 0) }
    package static func maximumConcurrentStreams(_ value: UInt32) -> HTTP2Setting { HTTP2Setting(3, value) }
    package static func initialWindowSize(_ value: UInt32) -> HTTP2Setting { HTTP2Setting(4, value) }
    package static func maximumFrameSize(_ value: UInt32) -> HTTP2Setting { HTTP2Setting(5, value) }
    package static func maximumHeaderListSize(_ value: UInt32) -> HTTP2Setting { HTTP2Setting(6, value) }
}
