import Foundation
import GRPCTransport
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("The names of methods", .timeLimit(.minutes(10)))
struct NamingTests {
    private static let notice =
        "the server knows no helloworld.Greeter/SayHelloClientStream; it was called again, as "
        + "helloworld.Greeter/SayHelloStream"

    @Test(
        "a client stream that the server knows by its other name is called by that, and nothing is lost or told twice")
    func otherName() async throws {
        let service = NamedService(method: "SayHelloStream")
        try await service.serve { address in
            let transport = GRPCTransport(server: address, configuration: patient(), clock: ManualClock())
            let names = (1...2000).map { "User \($0)" }
            let log = EventLog()
            let outcome = await transport.greet(.clientStream, names, log: log)
            #expect(outcome.error == nil)
            #expect(outcome.delivery == Delivery(sent: 2000, answered: 2000, received: 1))
            #expect(service.calls == [names])
            #expect(log.sent.map(\.number) == Array(1...2000))
            #expect(log.notices == [Self.notice])
            #expect(log.routes == ["/helloworld.Greeter/SayHelloStream"])
            // From now on the name is known.
            let second = EventLog()
            #expect(await transport.greet(.clientStream, ["Ana"], log: second).error == nil)
            #expect(second.notices.isEmpty)
            #expect(service.calls.last == ["Ana"])
            await transport.shutdown()
        }
    }

    @Test("requests that can be made only once, and come while the name is being found, arrive once and in order")
    func unrepeatable() async throws {
        let service = NamedService(method: "SayHelloStream")
        try await service.serve { address in
            let transport = GRPCTransport(server: address, configuration: patient(), clock: ManualClock())
            let plan = SteeredPlan(PlanRun(names: ["first"]), holdsOpen: true)
            let log = EventLog()
            async let outcome = transport.perform(
                Call(.clientStream, plan, options: CallOptions(deadline: .seconds(60))), observer: log)
            // Some are typed before the server has said that it knows no such method, some after.
            for number in 1...200 {
                plan.send(HelloRequest(name: "typed \(number)"))
                if number == 100 { await log.wait { $0.contains { if case .notice = $0 { true } else { false } } } }
            }
            // A half-close leaves out what the plan has not come to.
            await log.wait { events in
                events.contains { event in
                    guard case .sent(let messages) = event else { return false }
                    return messages.contains { message in
                        if case .request(let request) = message.body { request.name == "first" } else { false }
                    }
                }
            }
            plan.halfClose()
            #expect(await outcome.delivery.sent == 201)
            // What is typed may overtake the plan; nothing overtakes anything once it was told of.
            let told = log.sent.map { message in
                if case .request(let request) = message.body { request.name } else { "" }
            }
            #expect(service.calls == [told])
            #expect(told.filter { $0 != "first" } == (1...200).map { "typed \($0)" })
            #expect(log.sent.map(\.number) == Array(1...201))
            await transport.shutdown()
        }
    }

    @Test("a server that knows neither name is asked twice, and the error says what to do")
    func neither() async throws {
        try await NamedService(method: "Nope").serve { address in
            let transport = GRPCTransport(server: address, configuration: patient(), clock: ManualClock())
            let log = EventLog()
            let outcome = await transport.greet(.clientStream, ["Ana", "Bob"], log: log)
            #expect(outcome.code == .unimplemented)
            #expect(
                outcome.error?.cause == "the server knows neither helloworld.Greeter/SayHelloClientStream "
                    + "nor helloworld.Greeter/SayHelloStream")
            #expect(outcome.error?.advice?.hasPrefix("ask the server what it has: 'greeter-tui list', or m in") == true)
            #expect(log.sent.count == outcome.delivery.sent)
            await transport.shutdown()
        }
    }

    @Test("a name that somebody has chosen is the only one that is called", arguments: ["configuration", "call"])
    func chosen(by chooser: String) async throws {
        let service = NamedService(method: "SayHelloStream")
        try await service.serve { address in
            let transport = GRPCTransport(
                server: address,
                configuration: patient {
                    if chooser == "configuration" {
                        $0.methods[.clientStream] = Greeter.method(.clientStream).ref.fullName
                    }
                },
                clock: ManualClock())
            let method = chooser == "call" ? "SayHelloClientStream" : nil
            let log = EventLog()
            let outcome = await transport.greet(
                .clientStream, log: log, options: CallOptions(deadline: .seconds(60), method: method))
            #expect(outcome.code == .unimplemented)
            #expect(
                outcome.error?.advice
                    == "some servers call this method SayHelloStream: try --method client-stream=SayHelloStream")
            #expect(log.notices.isEmpty)
            #expect(service.calls.isEmpty)
            await transport.shutdown()
        }
    }

    @Test("a call can ask for a method of its own", arguments: ["SayNothing", "helloworld.Greeter/SayNothing"])
    func ownMethod(name: String) async throws {
        let service = NamedService(method: "SayNothing")
        try await service.serve { address in
            let transport = GRPCTransport(server: address, configuration: patient(), clock: ManualClock())
            for kind in CallKind.allCases {
                let outcome = await transport.greet(
                    kind, options: CallOptions(deadline: .seconds(60), method: name))
                #expect(outcome.error == nil)
            }
            #expect(service.calls == Array(repeating: ["Ana"], count: 4))
            // The route of a gateway is none of this transport's.
            #expect(
                await transport.greet(.unary, options: CallOptions(deadline: .seconds(60), method: "/a/b/c")).error?
                    .advice
                    == "check the method helloworld.Greeter/SayHello")
            await transport.shutdown()
        }
    }

    @Test("a path in the address stands before every method")
    func prefix() async throws {
        let service = NamedService("one", method: "two/helloworld.Greeter/SayHello")
        try await service.serve { address in
            var address = address
            address.basePath = "/one/two"
            let transport = GRPCTransport(server: address, configuration: patient(), clock: ManualClock())
            let log = EventLog()
            #expect(await transport.greet(.unary, log: log).error == nil)
            #expect(log.routes == ["/one/two/helloworld.Greeter/SayHello"])
            await transport.shutdown()
        }
    }

    @Test("an address that ends with a method is told apart from one with a path")
    func methodInAddress() async throws {
        let address = try ServerAddress(parsing: "grpc://h:1/helloworld.Greeter/SayHello")
        let transport = GRPCTransport(server: address, configuration: patient(), clock: ManualClock())
        let error = await transport.greet(.unary).error
        #expect(error?.advice == "end the address before '/helloworld.Greeter', and name a method with --method")
        await transport.shutdown()
    }

    @Test("a service at a socket is called, and one that is not there is named by its path")
    func socket() async throws {
        let path = "/tmp/greeter-\(UUID().uuidString).sock"
        try await NamedService(method: "SayHello").serve(at: path) { address in
            let transport = GRPCTransport(server: address, configuration: patient(), clock: ManualClock())
            #expect(await transport.greet(.unary).error == nil)
            await transport.shutdown()
        }
        try? FileManager.default.removeItem(atPath: path)
        let transport = GRPCTransport(
            server: ServerAddress(scheme: .grpc, socketPath: path), configuration: patient())
        let error = await transport.greet(.unary).error
        #expect(error?.cause == "no connection to \(path): there is no such socket")
        #expect(error?.origin == .connect)
        await transport.shutdown()
    }
}

extension EventLog {
    fileprivate var routes: [String] {
        events.compactMap { if case .opened(let info) = $0 { info.route } else { nil } }
    }
}
