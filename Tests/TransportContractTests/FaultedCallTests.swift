import DemoServer
import Plans
import RPCCore
import TestSupport
import Testing

extension Contract {
    @Suite("Calls to a server that fails", .timeLimit(.minutes(10)))
    struct FaultedCallTests {
        struct Case: Sendable, CustomTestStringConvertible {
            var transport: TransportUnderTest
            var kind: CallKind
            var order: String

            var testDescription: String { "\(order), \(kind.title), \(transport.name)" }
        }

        static let orders = [
            "refuse=1", "drop-after=2", "close=1012", "close=1000", "status=503", "status=503,retry-after=1", "stall",
            "delay=20ms~10ms", "malformed=1", "no-close", "error=2", "rst=7", "rst=2", "goaway=0",
            "goaway=11", "window=1", "ping-flood", "late-headers", "bad-trailers", "big-metadata=100000",
        ]

        static let cases = TransportUnderTest.all.flatMap { transport in
            CallKind.allCases.flatMap { kind in
                orders.map { Case(transport: transport, kind: kind, order: $0) }
            }
        }

        @Test("every fault ends every kind of call in the way that fits it, before the deadline", arguments: cases)
        func ends(_ test: Case) async throws {
            let server = try await DemoServer.start(
                DemoServerConfiguration(
                    behaviour: test.transport.behaviour, faults: try DemoFaults(parsing: [test.order]), seed: 1))
            let transport = test.transport.make(test.transport.address(of: server), quietTime: .milliseconds(200))
            let isStalled = test.order == "stall"
            let log = EventLog()
            let outcome = await transport.perform(
                Call(
                    test.kind, PlanRun.users(test.kind.streamsRequests ? 3 : 1),
                    options: CallOptions(deadline: isStalled ? .milliseconds(300) : .seconds(30))),
                observer: log)
            EventRules.check(log, outcome)
            #expect(Self.codes(test).contains(outcome.code), "\(outcome)")
            #expect(outcome.code == .ok || outcome.error?.cause.isEmpty == false)
            await transport.shutdown()
            await server.stop()
        }

        /// Faults that pass, and that leave nothing shown: another attempt mends them.
        private static func isMended(_ test: Case) -> Bool {
            test.transport.isRetrying
                && (test.order == "refuse=1" && (test.kind.streamsRequests || test.transport.isNative)
                    || test.order.hasPrefix("goaway=") || test.order == "drop-after=2" && test.kind == .clientStream)
        }

        /// A connection may be reset before or after a request was written to it, and only before is it mended.
        private static func isMendedByChance(_ test: Case) -> Bool {
            test.transport.isRetrying && test.order == "refuse=1"
        }

        private static func codes(_ test: Case) -> Set<StatusCode> {
            let streams = test.kind.streamsRequests
            if isMended(test) { return [.ok] }
            if isMendedByChance(test) { return [.ok, .unavailable] }
            switch test.order {
            case "stall": return [.deadlineExceeded]
            case "delay=20ms~10ms", "no-close", "window=1", "ping-flood", "late-headers": return [.ok]
            case "refuse=1", "status=503", "status=503,retry-after=1": return [.unavailable]
            case "drop-after=2": return test.kind == .unary ? [.ok] : [.unavailable]
            case "rst=7": return test.transport.isNative ? [.unavailable] : [.ok]
            case "rst=2": return test.transport.isNative ? [.internal] : [.ok]
            case "goaway=0", "goaway=11": return test.transport.isNative ? [.unavailable] : [.ok]
            case "big-metadata=100000": return test.transport.isNative ? [.resourceExhausted] : [.ok]
            case "bad-trailers": return test.transport.isNative ? [.unknown] : [.ok]
            case "close=1012", "close=1000":
                guard streams, !test.transport.isNative else { return [.ok] }
                return looksComplete(test) ? [.unavailable, .ok] : [.unavailable]
            case "malformed=1": return [.internal]
            case "error=2": return [.unknown]
            default: return []
            }
        }

        /// A reply, `complete` and CLOSE are also how a server ends that has answered the whole stream. Where all was sent
        /// before they came, nobody can tell.
        private static func looksComplete(_ test: Case) -> Bool {
            test.kind == .clientStream && !test.transport.endsStreams
        }
    }
}
