import RPCCore
import TransportSupport
import WebSocketClient

extension WebSocketSession {
    /// Pings the server again and again, and ends the call when it stays silent.
    ///
    /// A ping that is overtaken by other traffic need not be answered in time: what talks is alive. None is sent while receiving is
    /// held back, for its answer would wait with everything else.
    func keepAlive() async -> Step {
        guard let interval = context.configuration.keepAlive else { return .nothing }
        let timeout = min(context.configuration.keepAliveTimeout, interval / 2)
        var next = context.clock.now + interval
        while await sleep(until: next) {
            next = context.clock.now + interval
            guard activity.silentSince != nil else { continue }
            guard let silence = await silenceAfterPing(timeout) else { continue }
            guard !Task.isCancelled else { break }
            let error = CallError(
                .unavailable, "the server was silent for \(silence.inSeconds), and did not answer a keep-alive ping",
                at: .receive, advice: "look whether the server still runs, or allow it more time with --keep-alive")
            return .verdict(.failure(error, rule: "the server did not answer a keep-alive ping", closeCode: 1001))
        }
        return .nothing
    }

    /// Sends a ping and waits for anything to come.
    /// - Returns: how long the server has been silent, where there was none in time.
    private func silenceAfterPing(_ timeout: Duration) async -> Duration? {
        let count = activity.count
        var frames = WebSocketFrames(telling: wire)
        frames.append(ping: activity.nextPing())
        channel.writeAndFlush(frames.finish(), promise: nil)
        var limit = context.clock.now + timeout
        while await sleep(until: limit) {
            // While nothing is listened to, the answer has all the time there is.
            guard let silentSince = activity.silentSince else {
                limit = context.clock.now + timeout
                continue
            }
            return activity.count > count ? nil : context.clock.now - silentSince
        }
        return nil
    }
}
