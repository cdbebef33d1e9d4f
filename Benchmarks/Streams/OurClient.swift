import BenchmarkSupport
import Foundation
import GRPCTransport
import GatewayTransport
import Greeter
import History
import Plans
import RPCCore
import Synchronization

/// Streams through this program's transport, as `greeter-tui call` makes them: a plan in, events out.
struct OurClient: StreamClient {
    private static let closingLimit = Duration.seconds(60)

    private let transport: any Transport
    private let history: HistoryStore?

    /// - Parameters:
    ///   - folder: Where calls are recorded; nowhere where it is `nil`.
    ///   - authority: The file of the certificates that are trusted; the system's where it is `nil`.
    init(server: ServerAddress, folder: String?, authority: String?) {
        let tls = TLSOptions(authorityFile: authority)
        let bare: any Transport =
            switch server.scheme.dialect {
            case .gateway: GatewayTransport(server: server, configuration: GatewayConfiguration(tls: tls))
            case .grpc: GRPCTransport(server: server, configuration: GRPCConfiguration(tls: tls))
            }
        history = folder.map { HistoryStore(folder: $0, of: Greeter.method) }
        transport =
            history.map { InterceptedTransport(bare, [RecordInterceptor(in: $0, server: "\(server)")]) }
            ?? bare
    }

    func run(_ kind: CallKind, requests: Int) async throws -> Tally {
        let template = RequestTemplate(name: try Template("User {i}"), language: Template(literal: "en"))
        let plan =
            kind == .serverStream
            ? PlanRun(names: ["\(requests)"])
            : PlanRun(PlanDocument(steps: [.repetition(RepeatStep(requests, template))]))
        let counter = Counter(requests: requests, kind: kind)
        let outcome = await transport.perform(
            Call(Greeter.method(kind), plan, options: CallOptions(deadline: nil)), observer: counter)
        if let error = outcome.error { throw error }
        let tally = counter.tally
        guard
            outcome.delivery == Delivery(sent: tally.sent, answered: tally.sent, received: tally.replies)
        else { throw Incomplete(tally: tally) }
        return tally
    }

    func finish(_ tally: Tally) async throws -> Double? {
        await transport.shutdown()
        guard let history else { return nil }
        let clock = SystemClock()
        let start = clock.now
        guard await history.finish(within: Self.closingLimit) else { throw NotRecorded(problem: "not in time") }
        let duration = (clock.now - start) / .seconds(1)
        let calls = try await history.calls()
        guard calls.contains(where: { $0.sent == tally.sent && $0.received == tally.replies }) else {
            throw NotRecorded(problem: "the counts are others")
        }
        await history.close(within: Self.closingLimit)
        return duration
    }
}

/// What should be on the disk is not.
private struct NotRecorded: Error {
    var problem: String
}

/// Counts messages, sees that none is left out, and looks at the memory on the way.
private final class Counter: CallObserver {
    private struct State {
        var tally = Tally()
        /// The direction that is counted for the course, and where to look next.
        var nextLook: Int
        var isInOrder = true
    }

    private let step: Int
    private let watchesReplies: Bool
    private let state: Mutex<State>

    init(requests: Int, kind: CallKind) {
        step = requests / 10
        watchesReplies = kind.streamsReplies
        // A call is too short to have a course, and looking costs more than it.
        state = Mutex(State(nextLook: step > 0 ? step : .max))
    }

    /// What was counted; nothing at all where a message was missing or out of order.
    var tally: Tally { state.withLock { $0.isInOrder ? $0.tally : Tally() } }

    func observe(_ event: CallEvent) async {
        switch event {
        case .sent(let messages):
            state.withLock { state in
                state.isInOrder = state.isInOrder && messages.first?.number == state.tally.sent + 1
                state.tally.sent += messages.count
                if !watchesReplies { look(&state, at: state.tally.sent) }
            }
        case .received(let messages):
            state.withLock { state in
                state.isInOrder = state.isInOrder && messages.first?.number == state.tally.replies + 1
                state.tally.replies += messages.count
                state.tally.last = messages.last?.summary ?? ""
                if watchesReplies { look(&state, at: state.tally.replies) }
            }
        default: break
        }
    }

    private func look(_ state: inout State, at count: Int) {
        guard count >= state.nextLook else { return }
        state.nextLook += step
        state.tally.course.append(Memory.resident)
    }
}
