import NIOCore
package import RPCCore
import Synchronization

/// One attempt to connect: how far it has come, and what is to be closed when nobody waits for it any more.
package final class Dial: Sendable {
    private struct State {
        var stage = CallError.Origin.resolve
        var tunnelStage: String?
        var channels: [any Channel] = []
        var isAbandoned = false
    }

    private let state = Mutex(State())

    package init() {}

    /// The stage that the newest connection is in.
    package var stage: CallError.Origin { state.withLock { $0.stage } }
    /// What a proxy has been asked last.
    package var tunnelStage: String? { state.withLock { $0.tunnelStage } }

    package func reached(_ stage: CallError.Origin) {
        state.withLock { $0.stage = stage }
    }

    func tunnelReached(_ stage: String) {
        state.withLock { state in
            state.stage = .proxy
            state.tunnelStage = stage
        }
    }

    /// Closes everything, now or as soon as it is there.
    package func abandon() {
        let channels = state.withLock { state in
            state.isAbandoned = true
            return state.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Leaves what was made to whoever uses it: ``abandon()`` closes nothing any more.
    package func release() {
        state.withLock { $0.channels = [] }
    }

    /// Whether nobody waits any more.
    package var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    /// A connection to one of several addresses is being made.
    func isConnecting(_ channel: any Channel, at stage: CallError.Origin) {
        let isAbandoned = state.withLock { state in
            state.stage = stage
            state.channels.append(channel)
            return state.isAbandoned
        }
        if isAbandoned { channel.close(promise: nil) }
    }
}
