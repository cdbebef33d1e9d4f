import GatewayTransport
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Client stream", .timeLimit(.minutes(10)))
struct ClientStreamTests {
    @Test("With a server that honours the marker, the one reply is the result")
    func honoursMarker() async throws {
        try await withServer { peer, _ in
            let request = try await peer.acceptWebSocket()
            #expect(request.line == "GET /v1/helloworld/client_stream HTTP/1.1")
            let requests = try await peer.readRequests()
            #expect(requests == ["Ana", "Bo", "Cy"].map { #"{"name":"\#($0)","language":"en"}"# })
            try await peer.send(Wire.response("Hello to 3"), Wire.complete)
            try await peer.sendClose(1000)
            #expect(try await peer.readFrame().closeCode == 1000)
        } _: { server in
            let call = await perform(.clientStream, ["Ana", "Bo", "Cy"], at: server)
            #expect(call.error == nil)
            #expect(call.outcome.rule == "the server said complete and closed (1000)")
            #expect(call.outcome.result == 1)
            #expect(call.outcome.delivery == Delivery(sent: 3, answered: 3, received: 1))
            #expect(call.log.received.map(\.answers) == [nil])
            #expect(call.log.notices.isEmpty)
        }
    }

    @Test(
        "With a server that answers every message, the call ends with the last owed answer", arguments: [0, 1, 3, 1000])
    func answersEveryMessage(count: Int) async throws {
        let names = (0..<count).map { "User \($0)" }
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            while true {
                let frame = try await peer.readFrame()
                if frame.isClose { return }
                let name = frame.text.split(separator: "\"").dropFirst(2).dropFirst().first
                try await peer.send(
                    Wire.response("Hello, \(frame.isEndMarker ? "John Doe" : String(name ?? ""))!"), Wire.complete)
            }
        } _: { server in
            let call = await perform(.clientStream, names, at: server)
            #expect(call.error == nil)
            let tally =
                "\(count) \(count == 1 ? "reply" : "replies") for \(count) \(count == 1 ? "request" : "requests")"
            #expect(call.outcome.rule == "every message was answered: \(tally) and one for the end marker")
            #expect(call.outcome.result == (count == 0 ? nil : count))
            #expect(call.outcome.delivery == Delivery(sent: count, answered: count, received: count))
            #expect(call.received.last == "(end marker) Hello, John Doe!")
            #expect(call.log.received.dropLast().map(\.summary) == names.map { "Hello, \($0)!" })
            #expect(call.log.notices == ["this server answers every message of a client stream by itself"])
        }
    }

    @Test(
        "A server that ends the call before the requests do has stopped listening: nothing passes for answered that is not",
        arguments: [CallKind.clientStream, .bidirectional], [197, nil])
    func stopsListening(kind: CallKind, rest: Int?) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            try await peer.send(Wire.response("only one"), Wire.complete)
            try await peer.sendClose(1000)
            try await peer.drain()
        } _: { server in
            let names = ["Ana", "Bo", "Cy"].map { PlanStep.request(HelloRequest(name: $0)) }
            let plan = PlanRun(PlanDocument(steps: names + [.pause(.seconds(6000)), .repeating("User {i}", rest)]))
            let call = await perform(Call(kind, plan, options: CallOptions(deadline: .seconds(100))), at: server)
            #expect(call.outcome.delivery.sent == 3 && call.outcome.delivery.received == 1)
            #expect(call.outcome.delivery.answered <= 1)
            #expect(call.outcome.delivery.uncertain >= 2)
            // An early reply to a client stream is that of a server which answers message by message, and which was to answer all.
            #expect(call.error?.code == (kind == .clientStream ? .unavailable : nil))
            #expect(call.outcome.delivery.isCutShort == (kind == .bidirectional))
            #expect(call.outcome.delivery.unsent == rest)
            #expect(call.error?.delivery.unsent == (kind == .clientStream ? rest : nil))
        }
    }

    @Test("With a server that honours the marker but does not close, silence after complete ends the call")
    func doesNotClose() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(Wire.response("Hello to 2"), Wire.complete)
            try await peer.drain()
        } _: { server in
            let call = try await performUntilQuiet(
                Call(.clientStream, PlanRun(names: ["Ana", "Bo"]), options: CallOptions(deadline: nil)), at: server
            ) { $0.receivedCount == 1 }
            #expect(call.error == nil)
            #expect(call.outcome.rule == "quiet for 50 s after the end marker")
            #expect(call.outcome.result == 1)
            #expect(call.outcome.delivery == Delivery(sent: 2, answered: 2, received: 1))
        }
    }

    @Test("Bare replies, too, are results", arguments: [#"{"message":"Hi"}"#, #"{"data":{"message":"Hi"}}"#])
    func bareReplies(reply: String) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(reply)
            try await peer.sendClose(1000)
        } _: { server in
            let call = await perform(.clientStream, at: server)
            #expect(call.error == nil)
            #expect(call.received == ["Hi"])
            #expect(call.outcome.rule == "the server closed the stream (1000)")
        }
    }

    @Test("A failing plan ends the call without the marker, so that half a stream is not taken for a whole")
    func planFails() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            #expect(try await peer.readFrame().text == #"{"name":"Ana"}"#)
            #expect(try await peer.readFrame().closeCode == 1001)
        } _: { server in
            let call = await perform(Call(.clientStream, FailingPlan(names: ["Ana"])), at: server)
            #expect(call.error?.origin == .plan)
            #expect(call.outcome.delivery == Delivery(sent: 1, answered: 0, received: 0))
        }
    }

    @Test("A server that refuses every request is an error that quotes it")
    func allRefused() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(Wire.error("Invalid request: no name"), Wire.complete)
            try await peer.sendClose(1000)
        } _: { server in
            let call = await perform(.clientStream, [""], at: server)
            #expect(call.error?.code == .invalidArgument)
            #expect(call.error?.cause == "the server refused every request: \"Invalid request: no name\"")
        }
    }
}
