import Foundation
package import NIOCore

/// TCP's own keep-alive (RFC 9293, 3.8.4): a connection whose other machine is gone ends, though nothing is sent over it. That a
/// program on that machine stands still is nothing that it finds out.
package struct TCPKeepAlive: Hashable, Sendable {
    /// After how much silence the first probe is sent, and how much time lies between them, in seconds.
    package let idle: Int
    package let interval: Int
    /// How many probes without an answer end the connection.
    package let count: Int

    /// - Parameters:
    ///   - silence: After how much silence the peer is probed.
    ///   - timeout: How long that may take.
    package init(after silence: Duration, timeout: Duration) {
        // What the kernels take: at most 32,767 seconds (Linux, tcp(7)).
        idle = min(max(1, Int(silence.components.seconds)), 32_767)
        count = 4
        interval = min(max(1, Int(timeout.components.seconds) / count), 32_767)
    }

    /// Sets the options of a connection. Where there are none of the kind, on a socket of Unix for instance, nothing happens.
    package func apply(to channel: any Channel) -> EventLoopFuture<Void> {
        let options: [(ChannelOptions.Types.SocketOption, Int)] = [
            (.init(level: .socket, name: .so_keepalive), 1), (.tcp(Self.idleName), idle),
            (.tcp(TCP_KEEPINTVL), interval),
            (.tcp(TCP_KEEPCNT), count),
        ]
        let done = options.map { option, value in
            channel.setOption(option, value: SocketOptionValue(value)).recover { _ in }
        }
        return .andAllSucceed(done, on: channel.eventLoop)
    }

    #if canImport(Darwin)
        private static let idleName = TCP_KEEPALIVE
    #else
        private static let idleName = TCP_KEEPIDLE
    #endif
}

extension ChannelOptions.Types.SocketOption {
    /// An option of TCP by its number.
    package static func tcp(_ name: CInt) -> Self {
        Self(level: .tcp, name: NIOBSDSocket.Option(rawValue: name))
    }
}
