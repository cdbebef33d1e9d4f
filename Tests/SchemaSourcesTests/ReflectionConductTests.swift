import ProtobufSchema
import RPCCore
import Synchronization
import TestSupport
import Testing

@testable import SchemaSources

private let served = ServedFiles(
    [
        ProtoFile(name: "a.proto", imports: (0..<20).map { "\($0).proto" }, services: ["Library"])
    ] + (0..<20).map { ProtoFile(name: "\($0).proto", package: "p\($0)") })
private let name = "demo.v1.Library"

/// How servers behave that have reflection, or not quite.
@Suite("The conduct of servers with reflection", .timeLimit(.minutes(2)))
struct ReflectionConductTests {
    // MARK: Versions

    @Test("v1alpha is asked where the server does not know v1, and from then on")
    func fallsBack() async throws {
        let transport = ScriptedReflection { request in
            request.version == .v1 ? [.end(.answered(.unimplemented))] : [.answer(served.answer(request.question))]
        }
        let reflection = Reflection(over: transport, limits: .patient)
        #expect(try await reflection.services() == [name])
        #expect(try await reflection.schema(of: [name]).files.count == 21)
        #expect(transport.calls.map(\.method.ref.service.count) == [35, 40, 40])
        #expect(await reflection.version == .v1alpha)
    }

    @Test("a server that says UNAVAILABLE to v1 is asked once for v1alpha, and its first word counts")
    func unavailable() async throws {
        let transport = ScriptedReflection { request in
            [.end(.answered(request.version == .v1 ? .unavailable : .unimplemented))]
        }
        let error = try await failure(of: Reflection(over: transport, limits: .patient))
        #expect(error.code == .unavailable)
        #expect(error.cause == "reflection failed at list_services: the server answered UNAVAILABLE")
        #expect(transport.calls.count == 2)
    }

    @Test("a server without reflection is told as such")
    func without() async throws {
        let transport = ScriptedReflection { _ in [.end(.answered(.unimplemented))] }
        let error = try await failure(of: Reflection(over: transport, limits: .patient))
        #expect(error.code == .unimplemented)
        #expect(error.cause == "the server has no reflection: it knows neither grpc.reflection.v1 nor v1alpha")
        #expect(error.advice?.contains("--proto FILE") == true)
        let chosen = try await failure(of: Reflection(over: transport, version: .v1, limits: .patient))
        #expect(chosen.cause == "the server has no reflection: it knows no grpc.reflection.v1.ServerReflection")
        #expect(transport.calls.count == 3)
    }

    @Test(
        "a server that asks for credentials is not asked again",
        arguments: [StatusCode.unauthenticated, .permissionDenied])
    func denied(code: StatusCode) async throws {
        let transport = ScriptedReflection { _ in [.end(.answered(code))] }
        let error = try await failure(of: Reflection(over: transport, limits: .patient))
        #expect(error.code == code)
        #expect(error.cause == "reflection asks for credentials: the server answered \(code.name)")
        #expect(error.advice?.contains("--reflect-header") == true)
        #expect(transport.calls.count == 1)
    }

    @Test("a server that cannot be reached has the words of any call")
    func unreachable() async throws {
        let refused = CallError(.unavailable, "connection refused", at: .connect, advice: "start the server")
        let transport = ScriptedReflection { _ in [.end(refused)] }
        #expect(try await failure(of: Reflection(over: transport, limits: .patient)) == refused)
        #expect(transport.calls.count == 1)
    }

    // MARK: Streams

    @Test(
        "a stream that ends well, or badly, after each answer is followed by another",
        arguments: [nil, StatusCode.unavailable])
    func once(code: StatusCode?) async throws {
        let transport = ScriptedReflection { [.answer(served.answer($0.question)), .end(code.map { .answered($0) })] }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: [name])
        #expect(schema.files.count == 21)
        #expect(schema.notes.isEmpty)
        #expect(transport.calls.count == 21)
        // After the first that ended too early, there is one request a stream.
        #expect(transport.requests.count < 21 + 32)
    }

    @Test("answers may come twice, and in another order than the requests")
    func matched() async throws {
        let held = Mutex([[UInt8]]())
        let transport = ScriptedReflection { request in
            let answer = served.answer(request.question)
            guard case .file = request.question else { return [.answer(answer), .answer(answer)] }
            return held.withLock { held in
                held.append(answer)
                guard held.count == 20 else { return [] }
                return held.reversed().flatMap { [.answer($0), .answer($0)] }
            }
        }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: [name])
        #expect(schema.files.count == 21)
        #expect(schema.notes.isEmpty)
    }

    @Test("answers that do not say what they answer are taken in order")
    func unlabelled() async throws {
        var unlabelled = served
        unlabelled.repeatsRequests = false
        let transport = ScriptedReflection { [unlabelled] in [.answer(unlabelled.answer($0.question))] }
        let reflection = Reflection(over: transport, limits: .patient)
        #expect(try await reflection.services() == [name])
        let schema = try await reflection.schema(of: [name])
        #expect(schema.files.count == 21 && schema.notes.isEmpty)
    }

    @Test("a request at which the server fails costs no other")
    func failsAtOne() async throws {
        let transport = ScriptedReflection { request in
            request.question == .file("7.proto")
                ? [.end(.answered(.internal))] : [.answer(served.answer(request.question))]
        }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: [name])
        #expect(schema.services == [.init(name)])
        #expect(schema.files.count == 20)
        #expect(
            schema.notes == [
                "a.proto imports 7.proto, for which the server answered INTERNAL; try: --proto 7.proto -I DIR"
            ])
    }

    @Test("a connection that is lost leaves what was read, and says what was not")
    func lost() async throws {
        let transport = ScriptedReflection { request in
            request.stream > 1 || request.question == .file("7.proto")
                ? [.end(CallError(.unavailable, "the connection was lost", at: .receive))]
                : [.answer(served.answer(request.question))]
        }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: [name])
        #expect(schema.files.count == 8)
        #expect(schema.notes.count == 13)
        #expect(schema.notes.first?.contains("for which there was no answer: ") == true)
    }

    @Test("a stream that ends without an answer is no second one")
    func noAnswer() async throws {
        let transport = ScriptedReflection { _ in [.end(nil)] }
        #expect(
            try await failure(of: Reflection(over: transport, limits: .patient)).cause
                == "the server ended the stream of reflection without an answer")
        #expect(transport.calls.count == 1)
    }

    @Test("what is no list of services is told as such")
    func noList() async throws {
        let numbers = ScriptedReflection { [.answer(served.answer($0.question, numbers: [1]))] }
        #expect(
            try await failure(of: Reflection(over: numbers, limits: .patient)).cause
                == "the server does not list its services: the server answered another question (all_extension_numbers_response)"
        )
        let broken = ScriptedReflection { _ in [.answer([0x0A, 0xFF])] }
        #expect(
            try await failure(of: Reflection(over: broken, limits: .patient)).cause
                == "the server does not list its services: the answer is no message of reflection")
    }

    // MARK: Time and size

    @Test("a server that says nothing is given up after five seconds")
    func silent() async throws {
        let clock = ManualClock()
        let transport = ScriptedReflection(clock: clock) { _ in [.wait(.seconds(3600))] }
        async let result = failure(of: Reflection(over: transport, clock: clock))
        // The request is out, and the server has not answered it.
        await wait(for: .seconds(5), on: clock)
        clock.advance(by: .seconds(5))
        let error = try await result
        #expect(error.code == .deadlineExceeded)
        #expect(error.cause == "the server did not answer list_services within 5s")
        #expect(clock.now == .seconds(5))
    }

    @Test("slow answers are waited for, all together as long as everything may take")
    func slow() async throws {
        let clock = ManualClock()
        let transport = ScriptedReflection(clock: clock) { [.wait(.seconds(3)), .answer(served.answer($0.question))] }
        var limits = ReflectionLimits()
        (limits.time, limits.window) = (.seconds(31), 1)
        let reflection = Reflection(over: transport, limits: limits, clock: clock)
        async let result = reflection.schema(of: [name])
        for seconds in [3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 31] {
            await wait(for: .seconds(seconds), on: clock)
            clock.advance(to: .seconds(seconds))
        }
        let schema = try await result
        #expect(schema.services == [.init(name)])
        #expect(schema.files.count == 10)
        #expect(schema.notes.count == 11)
        #expect(schema.notes.first?.contains("reflection took longer than 31s") == true)
    }

    @Test("a question is given up when its task is")
    func cancelled() async throws {
        let clock = ManualClock()
        let transport = ScriptedReflection(clock: clock) { _ in [.wait(.seconds(3600))] }
        let task = Task { try await failure(of: Reflection(over: transport, clock: clock)) }
        while clock.sleeperCount < 2 { await Task.yield() }
        task.cancel()
        #expect(try await task.value.code == .cancelled)
        #expect(clock.sleeperCount == 0)
    }

    @Test("answers are refused by their size, alone and together")
    func sizes() async throws {
        let transport = ScriptedReflection { [.answer(served.answer($0.question))] }
        var limits = ReflectionLimits.patient
        limits.answerSize = 100
        let large = try await Reflection(over: transport, limits: limits).schema(of: [name])
        #expect(large.services.first?.failure?.contains("bytes, and 100 are accepted") == true)
        limits = ReflectionLimits.patient
        limits.totalSize = 600
        limits.window = 1
        let much = try await Reflection(over: transport, limits: limits).schema(of: [name])
        #expect(much.services == [.init(name)])
        #expect((2..<21).contains(much.files.count))
        #expect(much.notes.last?.contains("the server's answers have more than 600 bytes") == true)
    }

    @Test("a server that goes on answering what it was not asked is left")
    func floods() async throws {
        let transport = ScriptedReflection { request in
            let answer = served.answer(.services)
            return request.question == .services
                ? [.answer(answer)] : Array(repeating: .answer(answer), count: 10_000) + [.wait(.seconds(3600))]
        }
        var limits = ReflectionLimits.patient
        limits.totalSize = 100_000
        let reflection = Reflection(over: transport, limits: limits)
        _ = try await reflection.services()
        // In the same run, so that the answers are known to be too many.
        var run = ReflectionRun(
            transport: transport, metadata: [], limits: limits, clock: SystemClock(), version: .v1,
            isVersionKnown: true, collection: FileCollection())
        try await run.ask([.services, .symbol(name)])
        #expect(run.failures[.symbol(name)]?.code == .resourceExhausted)
        #expect(run.failure(ofService: name).contains("the server's answers have more than 100000 bytes"))
    }

    @Test("of imports without number the first are told, in so many words")
    func manyNotes() async throws {
        let names = (0..<300).map { "\($0)-" + String(repeating: "x", count: 1000) }
        let served = ServedFiles([ProtoFile(name: "a.proto", imports: names, services: ["Library"])])
        let transport = ScriptedReflection { [.answer(served.answer($0.question))] }
        let notes = try await Reflection(over: transport, limits: .patient).schema(of: [name]).notes
        #expect(notes.count == 101 && notes.allSatisfy { $0.utf8.count < 700 })
        #expect(notes.last == "and 200 more of the kind")
    }

    private func failure(of reflection: Reflection) async throws -> CallError {
        try #require(await #expect(throws: CallError.self) { try await reflection.services() })
    }

    /// Waits until both the script and who asks wait, one of them for a time that comes first.
    private func wait(for instant: Duration, on clock: ManualClock) async {
        while clock.nextInstant != instant || clock.sleeperCount < 2 { await Task.yield() }
    }
}
