import Foundation
import GRPCTransport
import Greeter
import Plans
import RPCCore
import TransportSupport

/// Tries every step on the way to a server, in order, each within a limit of its own.
///
/// What cannot work because an earlier step failed is not tried. The calls are real: one request of each kind.
struct Doctor: Sendable {
    let transport: any Transport
    let probe: ServerProbe
    /// Where the transport tells what travels.
    let wire: WireTap
    /// How long each step may take.
    let limit: Duration
    let clock: any CallClock
    /// The kinds of call whose methods the user has named; the others are those of the Greeter service, which a server need not have.
    var named: Set<CallKind> = []
    let report: @Sendable (Finding) -> Void

    /// The name that is greeted.
    private static let name = "doctor"

    /// - Returns: why the first step that failed did.
    func examine() async -> CallError? {
        do throws(CallError) {
            if try await askProxy().get() == nil {
                try await connect(to: resolve().get()).get()
            } else {
                for step in [Finding.Step.resolve, .connect] {
                    report(Finding(step: step, result: .skipped("the proxy does that")))
                }
            }
            try await examineTLS().get()
        } catch {
            return error
        }
        let sight = WireSight(wire)
        var results = [await examineHealth()]
        await look(at: sight)
        results.append(await examineUpgrade())
        for kind in CallKind.allCases { results.append(await examineCall(kind)) }
        do throws(CallError) {
            for result in results { try result.get() }
            return nil
        } catch {
            return error
        }
    }

    /// Takes one step, and reports it. After one that fails on the way to the server the rest is reported as not tried.
    private func step<Value>(
        _ step: Finding.Step, _ body: () async throws(CallError) -> (Value, detail: String)
    ) async -> Result<Value, CallError> {
        let start = clock.now
        do throws(CallError) {
            let (value, detail) = try await body()
            report(Finding(step: step, result: .works(detail), duration: clock.now - start))
            return .success(value)
        } catch {
            report(Finding(step: step, result: .fails(error), duration: clock.now - start))
            if [.proxy, .resolve, .connect, .tls].contains(step) { skip(after: step) }
            return .failure(error)
        }
    }

    private func skip(after failed: Finding.Step) {
        let reason = "not tried: \(failed.rawValue) failed"
        for step in Finding.Step.allCases.drop(while: { $0 != failed }).dropFirst() {
            report(Finding(step: step, result: .skipped(reason)))
        }
    }

    // MARK: - The steps

    private func resolve() async -> Result<[String], CallError> {
        if let path = transport.server.socketPath {
            report(Finding(step: .resolve, result: .skipped("a socket needs no address")))
            return .success([path])
        }
        return await step(.resolve) { () async throws(CallError) in
            let addresses = try await probe.resolve(within: limit)
            return (addresses, addresses.joined(separator: ", "))
        }
    }

    /// - Returns: the proxy; `nil` where there is none.
    private func askProxy() async -> Result<ProxyAddress?, CallError> {
        let start = clock.now
        do throws(CallError) {
            switch try await probe.askProxy(within: limit) {
            case .direct(let reason):
                // Where nobody has spoken of one, nothing is said of it.
                if let reason { report(Finding(step: .proxy, result: .skipped("none: \(reason)"))) }
                return .success(nil)
            case .proxy(let proxy):
                let text = "\(proxy) (\(proxy.origin)) connects to \(transport.server.authority)"
                report(Finding(step: .proxy, result: .works(text), duration: clock.now - start))
                return .success(proxy)
            }
        } catch {
            report(Finding(step: .proxy, result: .fails(error), duration: clock.now - start))
            skip(after: .proxy)
            return .failure(error)
        }
    }

    /// Tells of each address whether it answers. It is enough that one does.
    private func connect(to addresses: [String]) async -> Result<Void, CallError> {
        await step(.connect) { () async throws(CallError) in
            let answers = await probe.connect(to: addresses, within: limit)
            let words = answers.map { address, error in "\(address) \(error == nil ? "answers" : "does not answer")" }
            guard answers.contains(where: { $0.error == nil }) else {
                throw answers.compactMap(\.error).last
                    ?? CallError(.unavailable, "there is no address to connect to", at: .connect)
            }
            if let path = transport.server.socketPath { return ((), path) }
            let port = "port \(transport.server.port)"
            return ((), answers.count == 1 ? "\(port) of \(addresses[0])" : "\(port): \(words.joined(separator: ", "))")
        }
    }

    private func examineTLS() async -> Result<Void, CallError> {
        guard transport.server.scheme.isSecure else {
            let beginning = transport.server.beginning(in: transport.server.scheme)
            report(Finding(step: .tls, result: .skipped("\(beginning) is plain text")))
            return .success(())
        }
        return await step(.tls) { () async throws(CallError) in
            let seen = try await probe.handshake(within: limit)
            let description = CertificateText.describe(seen, now: clock.wallTime)
            if var failure = seen.failure {
                failure.cause += " (\(description))"
                throw failure
            }
            return ((), description)
        }
    }

    private func examineHealth() async -> Result<Void, CallError> {
        await step(.health) { () async throws(CallError) in
            ((), try await transport.checkHealth(deadline: limit).message)
        }
    }

    /// Tells what the health check has shown of the frames below it.
    private func look(at sight: WireSight) async {
        guard transport.server.scheme.dialect == .grpc else {
            return report(Finding(step: .http2, result: .skipped("the gateway's dialect is that of HTTP/1.1")))
        }
        let start = clock.now
        let summary = await sight.summary(within: limit, clock: clock)
        let result = summary.map { Finding.Result.works(WireSight.text(of: $0)) }
        report(
            Finding(
                step: .http2, result: result ?? .skipped("no server has spoken it"),
                duration: summary.map { $0.roundTrip ?? clock.now - start }))
    }

    /// Opens a stream and gives it up as soon as the server has accepted it.
    private func examineUpgrade() async -> Result<Void, CallError> {
        guard transport.server.scheme.dialect == .gateway else {
            report(Finding(step: .upgrade, result: .skipped("gRPC needs none")))
            return .success(())
        }
        return await step(.upgrade) { () async throws(CallError) in
            let opening = Opening()
            let call = Call(
                Greeter.method(.bidirectional), SteeredPlan(PlanRun(names: []), holdsOpen: true),
                options: CallOptions(deadline: limit))
            let task = Task { await transport.perform(call, observer: opening) }
            let info = await opening.connection()
            task.cancel()
            let outcome = await task.value
            if let info { return ((), "\(info.transport) at \(info.route)") }
            throw outcome.error ?? CallError(.unknown, "the stream ended before it was open", at: .upgrade)
        }
    }

    /// Makes a call. Of a service that nobody has asked for, that it is not there is a fact and no failure.
    private func examineCall(_ kind: CallKind) async -> Result<Void, CallError> {
        let start = clock.now
        do throws(CallError) {
            let text = try await callText(kind)
            report(Finding(step: Finding.Step(calling: kind), result: .works(text), duration: clock.now - start))
            return .success(())
        } catch {
            guard isAbsent(error, kind) else {
                report(Finding(step: Finding.Step(calling: kind), result: .fails(error), duration: clock.now - start))
                return .failure(error)
            }
            let method = Greeter.method(kind).ref
            let text =
                "the server answers, and has no \(method.fullName), which is tried unless --method names another; "
                + "'greeter-tui list' tells what it has"
            report(Finding(step: Finding.Step(calling: kind), result: .skipped(text), duration: clock.now - start))
            return .success(())
        }
    }

    /// Whether an error says no more than that the server does not have the usual method.
    private func isAbsent(_ error: CallError, _ kind: CallKind) -> Bool {
        error.code == .unimplemented && error.origin == .server && transport.server.scheme.dialect == .grpc
            && !named.contains(kind)
    }

    private func callText(_ kind: CallKind) async throws(CallError) -> String {
        let replies = Replies()
        let outcome = await transport.perform(
            Call(Greeter.method(kind), PlanRun(names: [Self.name]), options: CallOptions(deadline: limit)),
            observer: replies)
        let seen = replies.summary
        if kind == .unary, transport.server.scheme.dialect == .grpc, let reply = replies.first,
            GatewayPort.answers(with: reply)
        {
            throw CallError(
                .failedPrecondition, GatewayPort.cause, at: .server,
                advice: GatewayPort.advice(for: transport.server))
        }
        // A stream may have no end of its own; that it speaks is enough.
        if let error = outcome.error, error.code != .deadlineExceeded || !kind.streamsReplies || seen == nil {
            throw error
        }
        return "\(seen ?? "no replies"); \(outcome.rule)"
    }
}

/// Waits for the server to accept a call.
private final class Opening: CallObserver {
    private let stream: AsyncStream<ConnectionInfo?>
    private let continuation: AsyncStream<ConnectionInfo?>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// What is known of the connection; `nil` where the call ended without one.
    func connection() async -> ConnectionInfo? {
        for await info in stream { return info }
        return nil
    }

    func observe(_ event: CallEvent) async {
        switch event {
        case .opened(let info): continuation.yield(info)
        case .ended: continuation.finish()
        default: break
        }
    }
}
