import CNghttp2
import NIOCore

/// PINGs of this side that wait for their answers.
struct PingLedger {
    private var next: UInt64 = 1
    private var sent: [UInt64: (start: NIODeadline, tapped: Duration?, answer: PingAnswer?)] = [:]

    /// - Parameter tapped: The same by the clock of the tap that listens.
    /// - Returns: the eight bytes of a new PING.
    mutating func begin(at start: NIODeadline, tapped: Duration?, _ answer: PingAnswer?) -> UInt64 {
        defer { next &+= 1 }
        sent[next] = (start, tapped, answer)
        return next
    }

    /// - Returns: when the PING was sent, by the clock of the tap that listened then; `nil` otherwise, and for an answer to
    ///   nothing.
    mutating func end(_ payload: UInt64, at now: NIODeadline) -> Duration? {
        guard let (start, tapped, answer) = sent.removeValue(forKey: payload) else { return nil }
        answer?.give(Duration.nanoseconds((now - start).nanoseconds))
        return tapped
    }

    mutating func endAll() {
        for (_, _, answer) in sent.values { answer?.give(nil) }
        sent = [:]
    }
}

extension HTTP2SessionHandler {
    func ping(_ answer: PingAnswer?) {
        guard let context else { return }
        let payload = pings.begin(
            at: context.eventLoop.now, tapped: tap.flatMap { $0.isListening ? $0.now(on: context.eventLoop) : nil },
            answer)
        withUnsafeBytes(of: payload.bigEndian) { bytes in
            _ = check(nghttp2_submit_ping(session, 0, bytes.bindMemory(to: UInt8.self).baseAddress))
        }
    }

    func receivedAnswer(_ frame: nghttp2_ping) {
        guard let context else { return }
        let payload = withUnsafeBytes(of: frame.opaque_data) { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard let start = pings.end(payload, at: context.eventLoop.now), let tap else { return }
        record(.roundTrip(tap.now(on: context.eventLoop) - start))
    }

    /// Ends the connection when it has had no stream for long enough. To be called when the last stream has ended.
    func watchIdleness() {
        guard let limit = configuration.idleLimit, let context, idleTimer == nil, reason == nil else { return }
        guard streams.isEmpty, waiting.isEmpty else { return }
        idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) { [weak self] in
            self?.idleTimer = nil
            self?.perform(.goAway(.noError, "", before: nil))
            self?.flush()
        }
    }

    /// Sends a keep-alive PING when nothing has come for long enough, and gives up when nothing comes then.
    func watchForLife(_ keepAlive: HTTP2KeepAlive, after delay: Duration) {
        guard let context, reason == nil else { return }
        keepAliveTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
            self?.lookForLife(keepAlive)
        }
    }

    private func lookForLife(_ keepAlive: HTTP2KeepAlive) {
        guard let context, reason == nil else { return }
        let silence = Duration.nanoseconds((context.eventLoop.now - lastRead).nanoseconds)
        if silence < keepAlive.interval { return watchForLife(keepAlive, after: keepAlive.interval - silence) }
        guard keepAlive.worksWithoutStreams || !streams.isEmpty else {
            return watchForLife(keepAlive, after: keepAlive.interval)
        }
        ping(nil)
        flush()
        let asked = lastRead
        keepAliveTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(keepAlive.timeout)) {
            [weak self] in
            guard let self else { return }
            // Anything that came shows that the peer is alive.
            if lastRead == asked { return end(.silent(keepAlive.timeout)) }
            watchForLife(keepAlive, after: keepAlive.interval)
        }
    }
}
