package import NIOCore
package import RPCCore
import Synchronization

/// When the server of a WebSocket was last heard, as its handler sees it, for the task that watches over the connection.
///
/// Whatever comes shows that it is alive, and so does that the socket takes what had to wait: a server that is slow to read is not
/// dead. Nothing can be heard while reading is held back, so that time does not count.
package final class PeerActivity: Sendable {
    /// A ping that has been sent.
    private struct Ping {
        let number: UInt64
        let sent: Duration
        /// Whether its answer may have had to wait for us.
        var isHeldUp: Bool
    }

    private struct State {
        var heard: Duration
        var count = 0
        var isListening = true
        var ping: Ping?
        var pings: UInt64 = 0
        var roundTrip: Duration?
    }

    private let clock: any CallClock
    private let state: Mutex<State>

    package init(clock: any CallClock) {
        self.clock = clock
        state = Mutex(State(heard: clock.now))
    }

    /// Since when the server has been silent, as ``CallClock/now``; `nil` while nothing is listened to.
    package var silentSince: Duration? { state.withLock { $0.isListening ? $0.heard : nil } }

    /// How often it was heard. Where that has not grown, it was silent.
    package var count: Int { state.withLock { $0.count } }

    package func heard() {
        let now = clock.now
        state.withLock { state in
            state.heard = now
            state.count += 1
        }
    }

    /// Reading is asked for, or is over until it is.
    package func listens(_ isListening: Bool) {
        let now = clock.now
        state.withLock { state in
            guard state.isListening != isListening else { return }
            state.isListening = isListening
            state.heard = now
            state.count += 1
            if !isListening { state.ping?.isHeldUp = true }
        }
    }

    /// The payload of the next ping, which is about to be sent.
    package func nextPing() -> UInt64 {
        let now = clock.now
        return state.withLock { state in
            state.pings += 1
            state.ping = Ping(number: state.pings, sent: now, isHeldUp: !state.isListening)
            return state.pings
        }
    }

    /// A pong has come. Any but the answer to the newest ping says nothing new (RFC 6455, 5.5.3).
    package func ponged(_ payload: ByteBuffer) {
        let now = clock.now
        guard payload.readableBytes == 8, let number = payload.getInteger(at: payload.readerIndex, as: UInt64.self)
        else { return }
        state.withLock { state in
            guard let ping = state.ping, ping.number == number else { return }
            if !ping.isHeldUp { state.roundTrip = now - ping.sent }
            state.ping = nil
        }
    }

    /// How long the newest ping took to be answered, once.
    package func takeRoundTrip() -> Duration? { state.withLock { $0.roundTrip.take() } }
}
