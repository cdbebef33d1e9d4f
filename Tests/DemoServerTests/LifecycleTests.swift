import DemoServer
import RPCCore
import Testing

@Suite("Life of the demo server", .timeLimit(.minutes(10)))
struct LifecycleTests {
    @Test("it listens on loopback, on a port of the system's choice")
    func listens() async throws {
        try await withServer { server in
            #expect(server.address.isLoopback)
            #expect(server.address.scheme == .http)
            #expect(server.address.port > 0)
        }
    }

    @Test("stopping closes every connection at once, whatever it is doing")
    func stops() async throws {
        let server = try await DemoServer.start(DemoServerConfiguration(thinkTime: .seconds(3600)))
        let idle = try RawConnection(to: server.address)
        let request = "HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
        let unary = try RawConnection(to: server.address)
        try await unary.send("POST /v1/helloworld \(request)")
        let events = try RawConnection(to: server.address)
        try await events.send("POST /v1/helloworld/stream \(request)")
        _ = try await events.receive(through: "\r\n\r\n")
        let stream = try await openStream(Route.bidirectional, to: server)
        let halfClosed = try await openStream(Route.clientStream, to: server)
        // The pong shows that the marker before it has been taken.
        try await halfClosed.send(Frame.client(Route.marker) + Frame.client(Frame.ping, []))
        #expect(try await halfClosed.receive(2) == Frame.server(Frame.pong, []))
        await server.stop()
        for connection in [idle, unary, events, stream, halfClosed] {
            #expect(try await connection.receiveAll().isEmpty)
        }
        await server.stop()
    }

    @Test("a half-closed stream is answered when the service has thought about it")
    func thinksBeforeTheEnd() async throws {
        try await withServer(DemoServerConfiguration(thinkTime: .milliseconds(5))) { server in
            let stream = try await openStream(Route.clientStream, to: server)
            try await stream.send(Frame.client(Route.marker))
            let expected = Frame.server(
                #"{"type":"response","data":{"message":"Hello, nobody! (0 requests)","language":"en"}}"#)
            #expect(try await stream.receive(expected.count) == expected)
        }
    }

    @Test("a port that is taken is an error that names it")
    func refusesTakenPort() async throws {
        try await withServer { server in
            let configuration = DemoServerConfiguration(port: server.address.port)
            let error = await #expect(throws: DemoServerError.self) {
                _ = try await DemoServer.start(configuration)
            }
            #expect(error?.description.hasPrefix("cannot listen on \(server.address.authority): ") == true)
        }
    }

    @Test("many connections are served side by side")
    func servesMany() async throws {
        try await withServer { server in
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for number in 1...50 {
                    group.addTask {
                        let stream = try await openStream(Route.bidirectional, to: server)
                        try await stream.send(Frame.client(#"{"name":"\#(number)"}"#) + Frame.client(Route.marker))
                        return try await stream.receiveAll()
                    }
                }
                var answers: Set<[UInt8]> = []
                for try await answer in group { answers.insert(answer) }
                #expect(answers.count == 50)
            }
        }
    }
}
