import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import RPCCore
import Synchronization
import TransportSupport
import WebSocketClient

/// Opens the WebSocket of a call: resolves, connects, encrypts, and asks for the upgrade.
struct WebSocketConnector: Sendable {
    let context: CallContext
    let tls: TLSSetup
    /// Below the base path of the server.
    let route: String
    /// Where what travels is told of.
    var wire: TappedConnection?

    /// - Throws: ``CallError`` that names the stage, or `CancellationError`. What was begun is closed then.
    func connect(within deadline: TimeLimit) async throws -> (channel: WebSocketChannel, head: HTTPResponseHead) {
        let attempt = ConnectAttempt()
        let instant = context.clock.now + context.configuration.connectTimeout
        let late = CallError(.unavailable, "", at: .connect)
        do {
            let head = try await deadline.run {
                try await TimeLimit(clock: context.clock, instant: instant, error: late).run {
                    try await open(attempt)
                }
            }
            guard let channel = attempt.claim() else { throw CancellationError() }
            return (channel, head)
        } catch {
            attempt.abandon()
            try Task.checkCancellation()
            let failure = TransportFailure(
                server: context.server, tls: tls, configuration: context.configuration, dialer: context.dialer)
            if let error = error as? CallError {
                guard error == late else { throw error }
                throw context.dialer.timeout(of: attempt.dial) ?? failure.connectTimeout(at: attempt.dial.stage)
            }
            throw await explain(error, at: attempt.dial.stage, failure)
        }
    }

    /// Waits for the server's answer; when cancelled, leaves at once and closes what comes of it.
    private func open(_ attempt: ConnectAttempt) async throws -> HTTPResponseHead {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = eventLoop.makePromise(of: UpgradeAnswer.self)
        return try await withTaskCancellationHandler {
            context.dialer.connect(attempt.dial, on: eventLoop, allowsHalfClosure: true) { channel in
                try configure(channel, attempt.dial)
            }
            .flatMap { $0 }
            .whenComplete { result in
                if case .success(.accepted(let channel, _)) = result { attempt.hold(channel) }
                promise.completeWith(result)
            }
            switch try await promise.futureResult.get() {
            case .accepted(_, let head): return head
            case .refused(let refusal):
                throw try await refusal.get().upgradeError(on: route, now: context.clock.wallTime, hints: context.hints)
            }
        } onCancel: {
            attempt.abandon()
            promise.fail(CancellationError())
        }
    }

    private func configure(_ channel: any Channel, _ dial: Dial) throws -> EventLoopFuture<UpgradeAnswer> {
        try tls.encrypt(channel, position: .last)
        try channel.pipeline.syncOperations.addHandler(
            HandshakeWatcher(isSecure: tls.context != nil) { dial.reached($0) })
        if let wire {
            try channel.pipeline.syncOperations.addHandler(
                WireWatcher(wire.tap, number: wire.number, server: context.server))
        }
        let sent = wire.map { _ in SentHandshake(target: route, isSecure: tls.context != nil) }
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: requestHead(),
            upgraders: [WebSocketUpgrader(context.configuration, telling: wire, sent)],
            notUpgradingCompletionHandler: WebSocketUpgrader.readRefusal)
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
        pipeline.leftOverBytesStrategy = .forwardBytes
        let answer = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
        let upgrader = try channel.pipeline.syncOperations.handler(
            type: NIOTypedHTTPClientUpgradeHandler<UpgradeAnswer>.self)
        try channel.pipeline.syncOperations.addHandler(
            UpgradeChecker(offered: context.configuration.subprotocols), position: .before(upgrader))
        if let wire {
            try channel.pipeline.syncOperations.addHandler(
                HTTPWireHandler(wire, handshake: sent), position: .before(upgrader))
        }
        return answer
    }

    private func requestHead() -> HTTPRequestHead {
        var headers = HTTPHeaders()
        headers.add(context.headers, for: context.address, accepting: nil)
        let offered = context.configuration.subprotocols
        if !offered.isEmpty { headers.add(name: "Sec-WebSocket-Protocol", value: offered.joined(separator: ", ")) }
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: route, headers: headers)
    }

    private func explain(
        _ error: any Error, at stage: CallError.Origin, _ failure: TransportFailure
    ) async -> CallError {
        if let fault = error as? UpgradeFault { return Self.outOfOrder("\(fault.cause) (RFC 6455, 4.1)") }
        if let error = error as? NIOHTTPClientUpgradeError { return Self.describe(error) }
        var explained = await failure.callError(for: error, after: .sending)
        // Once connected and encrypted, what breaks is the handshake.
        if explained.origin == .receive { explained.origin = stage == .tls ? .tls : .upgrade }
        return explained
    }

    private static func describe(_ error: NIOHTTPClientUpgradeError) -> CallError {
        outOfOrder(
            error == .upgraderDeniedUpgrade
                ? "the server's Sec-WebSocket-Accept does not answer our key (RFC 6455, 4.1)"
                : "the server's answer to the WebSocket handshake is out of order")
    }

    private static func outOfOrder(_ cause: String) -> CallError {
        CallError(.internal, cause, at: .upgrade, advice: "check that the address is that of the gateway")
    }
}

extension HTTPRefusal {
    /// The error of a call whose WebSocket was refused with this response.
    func upgradeError(on route: String, now: Date, hints: RefusalHints) -> CallError {
        var error = callError(on: route, at: .upgrade, now: now, hints: hints)
        if status.code == 200 {
            error.code = .unimplemented
            error.cause = "the server answered HTTP 200 instead of opening a WebSocket"
            error.advice = "check the route \(route): another service may answer there"
        } else if status.code == 403 {
            error.advice =
                "this gateway answers 403 for an unknown route, too: check the route \(route), then the token"
        }
        return error
    }
}

/// An attempt to open a WebSocket, and who is to close what comes of it.
private final class ConnectAttempt: Sendable {
    private struct State {
        var opened: WebSocketChannel?
        var isAbandoned = false
    }

    let dial = Dial()
    private let state = Mutex(State())

    /// Keeps an open WebSocket until it is claimed, or closes it when nobody will.
    func hold(_ opened: WebSocketChannel) {
        dial.release()
        let isAbandoned = state.withLock { state in
            if !state.isAbandoned { state.opened = opened }
            return state.isAbandoned
        }
        if isAbandoned { opened.discard() }
    }

    /// The open WebSocket, for whoever uses and closes it.
    func claim() -> WebSocketChannel? {
        state.withLock { $0.opened.take() }
    }

    func abandon() {
        let opened = state.withLock { state in
            state.isAbandoned = true
            return state.opened.take()
        }
        dial.abandon()
        opened?.discard()
    }
}

extension NIOAsyncChannel where Inbound: Sendable, Outbound: Sendable {
    /// Closes a channel that nobody will use. It must be used for that: dropping it is an error.
    func discard() {
        Task { try? await executeThenClose { _, _ in } }
    }
}
