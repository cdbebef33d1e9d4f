import RPCCore
import RawFrames
import TestSupport
import Testing

@testable import GRPCTransport

@Suite("Windows that a server gives", .timeLimit(.minutes(10)))
struct WindowTests {
    private static let name = String(repeating: "Ana ", count: 50_000)

    @Test("no more is sent than the windows of the beginning allow, and the rest when there is more")
    func initial() async throws {
        let server = try await ScriptedServer { frame, seen in
            if frame.endsStream { return RawFrame.greeting(frame.stream) }
            guard frame.type == 0x0 else { return [] }
            // All of the window is used before it is given back.
            let isUsed = seen.dataBytes.isMultiple(of: 65_535)
            return isUsed ? [.windowUpdate(65_535, stream: 0), .windowUpdate(65_535, stream: frame.stream)] : []
        }
        try await withScript(server) { #expect(await $0.greet(.clientStream, [Self.name]).code == .ok) }
        #expect(server.frames.dataBytes > Self.name.utf8.count)
    }

    @Test("windows of one byte carry a call byte by byte")
    func tiny() async throws {
        let server = try await ScriptedServer(settings: [.initialWindow(1)]) { frame, _ in
            if frame.endsStream { return RawFrame.greeting(frame.stream) }
            return frame.type == 0x0 ? [.windowUpdate(1, stream: frame.stream)] : []
        }
        try await withScript(server) { #expect(await $0.greet(.unary).code == .ok) }
        let data = server.frames.filter { $0.type == 0x0 }
        #expect(data.flatMap(\.payload).starts(with: [0, 0, 0, 0, 9, 0x0A, 3] + Array("Ana".utf8)))
        #expect(data.allSatisfy { $0.payload.count <= 1 })
    }

    @Test("a window of 0 that is raised later holds a call up until then", arguments: [false, true])
    func raised(bySettings: Bool) async throws {
        let server = try await ScriptedServer(settings: [.initialWindow(0)]) { frame, seen in
            if frame.endsStream { return RawFrame.greeting(frame.stream) }
            guard frame.type == 0x1 else { return [] }
            #expect(seen.dataBytes == 0)
            return bySettings ? [.initialWindow(1000)] : [.windowUpdate(1000, stream: frame.stream)]
        }
        try await withScript(server) { #expect(await $0.greet(.unary).code == .ok) }
    }

    @Test("SETTINGS that shrink a window below zero hold the stream until it is above that again")
    func negative() async throws {
        let server = try await ScriptedServer(settings: [.initialWindow(1000)]) { frame, seen in
            if frame.endsStream { return RawFrame.greeting(frame.stream) }
            switch (frame.type, seen.dataBytes) {
            // The window is used up: it becomes -990, and then 1.
            case (0x0, 1000): return [.initialWindow(10), .windowUpdate(991, stream: frame.stream)]
            case (0x0, 1001):
                return [.windowUpdate(1_000_000, stream: 0), .windowUpdate(1_000_000, stream: frame.stream)]
            case (0x0, ..<1000), (0x0, 1002...), (0x1, _), (0x4, _), (0x8, _): return []
            default: return [.goAway(last: 1, code: 3, "more than the window")]
            }
        }
        try await withScript(server) { #expect(await $0.greet(.clientStream, [Self.name]).code == .ok) }
        let sizes = server.frames.filter { $0.type == 0x0 }.map(\.payload.count)
        var sums: [Int] = []
        for size in sizes { sums.append((sums.last ?? 0) + size) }
        #expect(sums.contains(1000) && sums.contains(1001))
    }

    /// Ten requests of 14 bytes, of which the window of 35 lets two and a half through.
    private func outcome(of kind: CallKind, _ reaction: @escaping @Sendable (UInt32) -> [RawFrame]) async throws
        -> CallOutcome
    {
        let server = try await ScriptedServer(settings: [.initialWindow(35)]) { frame, seen in
            frame.type == 0x0 && seen.dataBytes == 35 ? reaction(frame.stream) : []
        }
        return try await withScript(server) { await $0.greet(kind, Array(repeating: "Ana", count: 10)) }
    }

    @Test("what a closed window holds back when a stream fails was not processed, and only what has left is in doubt")
    func heldBack() async throws {
        for kind in [CallKind.clientStream, .bidirectional] {
            let outcome = try await outcome(of: kind) { [.reset(2, stream: $0)] }
            #expect(outcome.code == .internal)
            #expect(outcome.delivery.sent == 10 && outcome.delivery.unprocessed == 8)
            #expect(outcome.delivery.uncertain == 2)
            #expect(outcome.error?.isSafeToRetry == false)
        }
    }

    @Test("what a closed window holds back when a server ends the call well was not processed either")
    func heldBackAtTheEnd() async throws {
        let outcome = try await outcome(of: .clientStream) { RawFrame.greeting($0) }
        #expect(outcome.code == .ok && outcome.delivery.isCutShort)
        #expect(outcome.delivery.unprocessed == 8 && outcome.delivery.uncertain == 2)
    }

    @Test("a request that never left can be sent again", arguments: [CallKind.unary, .serverStream])
    func neverLeft(_ kind: CallKind) async throws {
        let server = try await ScriptedServer(settings: [.initialWindow(0)]) { frame, _ in
            frame.type == 0x1 ? [.reset(2, stream: frame.stream)] : []
        }
        let outcome = try await withScript(server) { await $0.greet(kind) }
        #expect(outcome.delivery == Delivery(sent: 1, unprocessed: 1))
        #expect(outcome.error?.isSafeToRetry == true)
    }

    @Test("where a server allows no stream until the deadline, nothing has left")
    func noStream() async throws {
        let server = try await ScriptedServer(settings: [.settings((3, 0))]) { _, _ in [] }
        let outcome = try await withScript(server) {
            await $0.greet(.clientStream, options: CallOptions(deadline: .milliseconds(500)))
        }
        #expect(outcome.code == .deadlineExceeded)
        #expect(outcome.delivery.uncertain == 0)
    }
}
