import Foundation
import Greeter
import NIOCore
import Plans
import RPCCore
import TransportSupport
import WebSocketClient

@testable import GatewayTransport

/// Goes through the cases of Autobahn's fuzzing server with the WebSocket of this program: its handshake, its frames, its handler.
/// `autobahn-client HOST PORT`: asks how many cases there are, echoes what comes in each, and has the report written.
@main
enum AutobahnClient {
    static let agent = "greeter-tui"

    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let port = Int(arguments[2]) else { exit(2) }
        let server = ServerAddress(scheme: .http, host: arguments[1], port: port)
        do {
            let count = Int(try await Echo(server: server, route: "/getCaseCount").run(echoes: false)) ?? 0
            for number in 1...max(1, count) {
                _ = try await Echo(server: server, route: "/runCase?case=\(number)&agent=\(agent)").run()
            }
            _ = try await Echo(server: server, route: "/updateReports?agent=\(agent)").run()
        } catch {
            FileHandle.standardError.write(Data("autobahn-client: \(error)\n".utf8))
            exit(1)
        }
    }
}

/// One WebSocket, on which everything is answered with itself.
struct Echo {
    let server: ServerAddress
    let route: String

    /// - Parameter echoes: Whether messages are sent back.
    /// - Returns: the last text that came.
    func run(echoes: Bool = true) async throws -> String {
        let context = try context()
        let limit = TimeLimit(
            clock: SystemClock(), instant: nil, error: CallError(.deadlineExceeded, "", at: .deadline))
        let tls = try TLSSetup(for: server, options: TLSOptions(), protocols: [], closeTimeout: .seconds(1))
        let connection = try await WebSocketConnector(context: context, tls: tls, route: route)
            .connect(within: limit)
        let channel = connection.channel.channel
        return try await connection.channel.executeThenClose { inbound, outbound in
            var last = ""
            var isOver = false
            do {
                for try await batch in inbound where !isOver {
                    var frames = WebSocketFrames()
                    for arrival in batch where !isOver {
                        if case .endOfFile = arrival { return last }
                        if case .text(let payload) = arrival { last = String(buffer: payload) }
                        isOver = Self.answer(arrival, with: &frames, echoes: echoes)
                    }
                    let bytes = frames.finish()
                    if bytes.readableBytes > 0 { try await outbound.write(bytes) }
                    // It is for the server to close the connection (RFC 6455, 7.1.1), but not for ever.
                    if isOver { channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) } }
                }
            } catch is IOError {
                // The server has closed it with a reset.
            } catch is ChannelError {
                // Or before our answer was written.
            }
            return last
        }
    }

    /// - Returns: whether nothing more is to be sent.
    private static func answer(_ arrival: WebSocketInbound, with frames: inout WebSocketFrames, echoes: Bool) -> Bool {
        switch arrival {
        case .text(let payload):
            guard String(validating: payload.readableBytesView, as: UTF8.self) != nil else {
                frames.append(closeCode: WebSocketViolation.invalidText.closeCode)
                return true
            }
            if echoes { payload.withUnsafeReadableBytes { frames.append(.text, $0) } }
        case .binary(let payload):
            if echoes { payload.withUnsafeReadableBytes { frames.append(.binary, $0) } }
        case .ping, .pong: break
        case .close(let code, _):
            frames.append(closeCode: code ?? 1000)
            return true
        case .violation(let violation):
            frames.append(closeCode: violation.closeCode)
            return true
        case .endOfFile: return true
        }
        return false
    }

    private func context() throws -> CallContext {
        var configuration = GatewayConfiguration()
        configuration.routes.bidirectional = route
        let call = Call(Greeter.method(.bidirectional), PlanRun(names: []))
        return CallContext(
            server: server, configuration: configuration, call: call,
            headers: try RequestHeaders(server: server, configuration: configuration, metadata: []),
            dialer: try Dialer(
                to: server, through: configuration.proxies, tls: configuration.tls,
                limit: configuration.connectTimeout),
            recorder: CallRecorder(observer: Nobody(), clock: SystemClock()),
            path: try CallRoute(of: call, own: nil, configuration.routes), reader: ReplyReader(call.method.output))
    }

    private struct Nobody: CallObserver {
        func observe(_ event: CallEvent) async {}
    }
}
