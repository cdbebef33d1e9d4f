import GatewayTransport
import RPCCore
import TestSupport
import Testing

@Suite("What a server agrees to when it opens a WebSocket", .timeLimit(.minutes(10)))
struct UpgradeTests {
    struct Response: CustomTestStringConvertible, Sendable {
        /// The head, with `KEY` for the value that answers ours.
        var head: [String]
        var cause: String

        init(_ head: String..., cause: String) {
            (self.head, self.cause) = (head, cause)
        }

        var testDescription: String { head.joined(separator: " | ") }
    }

    static let switching = "HTTP/1.1 101 Switching Protocols"
    static let accept = "Sec-WebSocket-Accept: KEY"

    static let wrong = [
        Response(
            "HTTP/1.0 101 x", "Upgrade: websocket", "Connection: Upgrade", accept,
            cause: "the server switches protocols as HTTP/1.0, which cannot"),
        Response(switching, "Connection: Upgrade", accept, cause: "the server's 101 has no header Upgrade"),
        Response(
            switching, "Upgrade: h2c", "Connection: Upgrade", accept,
            cause: "the server switches to another protocol than WebSocket (Upgrade: h2c)"),
        Response(
            switching, "Upgrade: websocket, h2c", "Connection: Upgrade", accept,
            cause: "the server switches to another protocol than WebSocket (Upgrade: websocket, h2c)"),
        Response(switching, "Upgrade: websocket", accept, cause: "the server's 101 has no header Connection"),
        Response(
            switching, "Upgrade: websocket", "Connection: keep-alive", accept,
            cause: "the server's 101 has no 'Upgrade' in Connection: keep-alive"),
        Response(
            switching, "Upgrade: websocket", "Connection: Upgrade",
            cause: "the server's 101 has no header Sec-WebSocket-Accept"),
        Response(
            switching, "Upgrade: websocket", "Connection: Upgrade", accept, accept,
            cause: "the server's 101 has more than one header Sec-WebSocket-Accept"),
        Response(
            switching, "Upgrade: websocket", "Connection: Upgrade", accept,
            "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",
            cause: "the server uses extensions that were not offered "
                + "(Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover)"),
        Response(
            switching, "Upgrade: websocket", "Connection: Upgrade", accept, "Sec-WebSocket-Protocol: chat",
            cause: "the server chose a subprotocol that was not offered (Sec-WebSocket-Protocol: chat)"),
        Response(
            switching, "Upgrade: websocket", "Connection: Upgrade", accept, "Sec-WebSocket-Protocol: GREET.V1",
            cause: "the server chose a subprotocol that was not offered (Sec-WebSocket-Protocol: GREET.V1)"),
        Response(
            switching, "Upgrade: websocket", "Connection: Upgrade", accept, "Sec-WebSocket-Protocol: greet.v1",
            "Sec-WebSocket-Protocol: greet.v2",
            cause: "the server's 101 has more than one header Sec-WebSocket-Protocol"),
    ]

    @Test("An answer that is not in order fails the upgrade, and the header is named", arguments: wrong)
    func outOfOrder(given: Response) async throws {
        try await withServer { peer, _ in
            let key = try #require(try await peer.readRequest().header("sec-websocket-key"))
            try await peer.write(Self.text(given.head, key: key))
            try await peer.drain()
        } _: { server in
            let call = await perform(
                .bidirectional, at: server,
                configuration: configuration { $0.subprotocols = ["greet.v1", "greet.v2"] })
            #expect(call.error?.cause == given.cause + " (RFC 6455, 4.1)")
            #expect(call.error?.code == .internal)
            #expect(call.error?.origin == .upgrade)
            #expect(call.error?.isSafeToRetry == true)
            #expect(call.outcome.delivery == Delivery())
        }
    }

    static let right: [(head: [String], subprotocol: String?)] = [
        (["upgrade: WebSocket", "connection: keep-alive, UPGRADE"], nil),
        (["Connection: keep-alive", "Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Extensions:"], nil),
        (["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Protocol: greet.v2"], "greet.v2"),
    ]

    @Test("An answer that is in order opens the call, with the subprotocol that the server chose", arguments: right)
    func inOrder(head: [String], subprotocol: String?) async throws {
        try await withServer { peer, _ in
            let request = try await peer.readRequest()
            #expect(request.header("sec-websocket-protocol") == "greet.v1, greet.v2")
            let key = try #require(request.header("sec-websocket-key"))
            try await peer.write(Self.text([Self.switching, Self.accept] + head, key: key))
            try await peer.send(Wire.complete)
            try await peer.sendClose(1000)
            try await peer.drain()
        } _: { server in
            let call = await perform(
                .bidirectional, at: server,
                configuration: configuration { $0.subprotocols = ["greet.v1", "greet.v2"] })
            #expect(call.error == nil)
            let opened = call.log.events.compactMap { if case .opened(let info) = $0 { info } else { nil } }
            #expect(opened.map(\.subprotocol) == [subprotocol])
            let notice = CallEvent.notice("the server took none of the subprotocols that were offered")
            #expect(call.log.events.contains(notice) == (subprotocol == nil))
        }
    }

    @Test(
        "Names of subprotocols that cannot be offered are refused before anything is sent",
        arguments: [[""], ["a b"], ["a,b"], ["é"], ["a\r\nX: y"], ["a", "b", "a"]])
    func badNames(names: [String]) async {
        let call = await perform(
            .bidirectional, at: ServerAddress(scheme: .http, host: "127.0.0.1", port: 1),
            configuration: configuration { $0.subprotocols = names })
        #expect(call.error?.code == .invalidArgument)
        #expect(call.error?.origin == .upgrade)
    }

    enum Excess: CaseIterable, Sendable { case longHeader, manyHeaders }

    @Test("A head that is too large is told as that, with the limit", arguments: CallKind.allCases, Excess.allCases)
    func headTooLarge(kind: CallKind, excess: Excess) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            let status = kind.streamsRequests ? Self.switching : "HTTP/1.1 200 OK"
            let headers =
                switch excess {
                case .longHeader: "X-Long: " + String(repeating: "x", count: 100_000)
                case .manyHeaders: (0..<300).map { "X-\($0): x" }.joined(separator: "\r\n")
                }
            try await peer.write("\(status)\r\n\(headers)\r\n\r\n")
            try await peer.drain()
        } _: { server in
            let call = await perform(kind, at: server)
            #expect(
                call.error?.cause
                    == "the head of the server's answer is too large; the limit is 80 KiB for a header, 256 headers, "
                    + "and 2048 KiB for all of them")
            #expect(call.error?.code == .resourceExhausted)
            #expect(call.error?.origin == (kind.streamsRequests ? .upgrade : .receive))
        }
    }

    private static func text(_ head: [String], key: String) -> String {
        head.joined(separator: "\r\n").replacing("KEY", with: acceptKey(for: key)) + "\r\n\r\n"
    }
}
