import NIOCore
import RPCCore
import TransportSupport

/// A client stream or a bidirectional stream: one WebSocket, written and read by tasks that never wait for each other.
struct WebSocketCall: Sendable {
    let context: CallContext
    let tls: TLSSetup

    /// Runs the call to its end, and closes the connection.
    func run() async -> CallEnding {
        await .of(failing: "the connection failed", at: .connect) {
            let deadline = context.call.options.limit(fromStart: context.recorder.start, clock: context.clock)
            let wire = context.wire.map { TappedConnection($0) }
            let route = context.server.path(of: try context.path.pathOfStream())
            let connection = try await WebSocketConnector(context: context, tls: tls, route: route, wire: wire)
                .connect(within: deadline)
            await context.recorder.opened(
                ConnectionInfo(
                    time: context.clock.now, transport: "WebSocket", route: route,
                    metadata: connection.head.headers.map { MetadataEntry($0.name, $0.value) }))
            if !context.configuration.subprotocols.isEmpty, connection.head.headers["Sec-WebSocket-Protocol"].isEmpty {
                await context.recorder.notice("the server took none of the subprotocols that were offered")
            }
            return try await connection.channel.executeThenClose { inbound, outbound in
                let session = WebSocketSession(
                    context: context, deadline: deadline, inbound: inbound, outbound: outbound,
                    channel: connection.channel.channel, wire: wire)
                return await session.run()
            }
        }
    }
}
