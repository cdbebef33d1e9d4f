import HTTP2Session
import NIOCore
import RPCCore

/// The place of a connection: the server as a whole, or one address of its name.
struct Seat {
    /// `nil` for whichever address answers first.
    let address: SocketAddress?
    /// `nil` before it is asked for, and after it was lost or has been given up.
    private(set) var connection: GRPCConnection?
    /// Attempts in a row that have come to nothing.
    private var failures = 0
    /// Before that no other attempt is made as long as there is another address.
    private var pause = Duration.zero

    init(_ address: SocketAddress?) {
        self.address = address
    }

    /// Whether a call can be made on its connection at once.
    var isReady: Bool { connection?.connection.standing == .ready }

    /// Whether it is worth an attempt to connect.
    func isDue(at now: Duration) -> Bool { connection == nil && now >= pause }

    /// Has a connection from now on.
    mutating func take(_ connection: GRPCConnection) {
        self.connection = connection
    }

    /// Gives up its connection where that takes no more calls, or does not come about in time.
    /// - Returns: the connection that was given up.
    mutating func sweep(at now: Duration, _ connectTimeout: Duration) -> GRPCConnection? {
        guard let connection else { return nil }
        switch connection.connection.standing {
        case .ready: return nil
        case .beginning: return now - connection.start < connectTimeout ? nil : giveUp(at: now)
        case .spent: return giveUp(at: now)
        }
    }

    /// Gives up its connection. When it never came about, the next attempt has to wait, longer each time.
    mutating func giveUp(at now: Duration) -> GRPCConnection? {
        guard let connection = connection.take() else { return nil }
        failures = connection.connection.hasBegun ? 0 : failures + 1
        pause = failures == 0 ? .zero : now + Self.pause(after: failures)
        return connection
    }

    /// As gRPC has it (connection-backoff.md), without its jitter: one second, 1.6 times as long after each, two minutes at most.
    static func pause(after failures: Int) -> Duration {
        var seconds = 1.0
        for _ in 1..<max(1, failures) where seconds < 120 { seconds *= 1.6 }
        return .seconds(min(seconds, 120))
    }
}
