package import NIOCore
package import NIOHTTP1
import RPCCore
import TransportSupport

/// What is wrong with the response that switches a connection over to WebSocket (RFC 6455, 4.1).
package struct UpgradeFault: Error, Hashable {
    /// As one sentence without a full stop, with the name of the header.
    package let cause: String
}

/// What a client must check of a server's 101 before it takes the connection for a WebSocket (RFC 6455, 4.1). Whether
/// `Sec-WebSocket-Accept` answers the key is left to NIO, which knows the key.
enum UpgradeCheck {
    /// - Parameter offered: The subprotocols that were offered.
    /// - Returns: the first thing that is wrong; `nil` where nothing is, or the server does not switch at all.
    static func fault(in head: HTTPResponseHead, offered: [String]) -> UpgradeFault? {
        guard head.status == .switchingProtocols else { return nil }
        guard (head.version.major, head.version.minor) >= (1, 1) else {
            return UpgradeFault(
                cause: "the server switches protocols as HTTP/\(head.version.major).\(head.version.minor), which cannot"
            )
        }
        let headers = head.headers
        return upgrade(headers) ?? connection(headers) ?? accept(headers) ?? extensions(headers)
            ?? subprotocol(headers, offered: offered)
    }

    private static func upgrade(_ headers: HTTPHeaders) -> UpgradeFault? {
        let values = headers[canonicalForm: "Upgrade"]
        guard values.count != 1 || values.first?.lowercased() != "websocket" else { return nil }
        return UpgradeFault(
            cause: values.isEmpty
                ? "the server's 101 has no header Upgrade"
                : "the server switches to another protocol than WebSocket (Upgrade: \(quote(values)))")
    }

    private static func connection(_ headers: HTTPHeaders) -> UpgradeFault? {
        let values = headers[canonicalForm: "Connection"]
        guard !values.contains(where: { $0.lowercased() == "upgrade" }) else { return nil }
        let what = values.isEmpty ? "no header Connection" : "no 'Upgrade' in Connection: \(quote(values))"
        return UpgradeFault(cause: "the server's 101 has \(what)")
    }

    private static func accept(_ headers: HTTPHeaders) -> UpgradeFault? {
        let count = headers["Sec-WebSocket-Accept"].count
        guard count != 1 else { return nil }
        return UpgradeFault(
            cause: "the server's 101 has \(count == 0 ? "no header" : "more than one header") Sec-WebSocket-Accept")
    }

    private static func extensions(_ headers: HTTPHeaders) -> UpgradeFault? {
        let values = headers[canonicalForm: "Sec-WebSocket-Extensions"].filter { !$0.isEmpty }
        guard !values.isEmpty else { return nil }
        return UpgradeFault(
            cause: "the server uses extensions that were not offered (Sec-WebSocket-Extensions: \(quote(values)))")
    }

    private static func subprotocol(_ headers: HTTPHeaders, offered: [String]) -> UpgradeFault? {
        let values = headers["Sec-WebSocket-Protocol"]
        guard let value = values.first else { return nil }
        guard values.count == 1 else {
            return UpgradeFault(cause: "the server's 101 has more than one header Sec-WebSocket-Protocol")
        }
        guard !offered.contains(value) else { return nil }
        return UpgradeFault(
            cause: "the server chose a subprotocol that was not offered (Sec-WebSocket-Protocol: \(quote(values)))")
    }

    private static func quote(_ values: [some StringProtocol]) -> String {
        Quote.bounded(values.joined(separator: ", "))
    }
}

/// Stands before NIO's handler of the upgrade, and fails the handshake when the server's 101 is not in order. What comes
/// after the head passes unseen.
package final class UpgradeChecker: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPClientResponsePart

    private let offered: [String]
    private var hasHead = false
    private var isRefused = false

    package init(offered: [String]) {
        self.offered = offered
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        if !hasHead, case .head(let head) = Self.unwrapInboundIn(data) {
            hasHead = true
            if let fault = UpgradeCheck.fault(in: head, offered: offered) {
                isRefused = true
                context.fireErrorCaught(fault)
                context.close(promise: nil)
                return
            }
        }
        context.fireChannelRead(data)
    }
}
