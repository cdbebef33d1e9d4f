import NIOCore
import RPCCore

/// The greetings of one server-streaming call as server-sent events.
///
/// Writes while the client takes them, with pauses of the configured time, and fills silence with comments. Holds one
/// event at a time.
final class EventStream {
    private let request: HelloRequest
    private let configuration: DemoServerConfiguration
    private let faults: FaultRun
    private let time: ServerTime
    private let context: ChannelHandlerContext
    private let end: (_ isCut: Bool) -> Void
    private let write: (ByteBuffer) -> Void
    private var written = 0
    private var isOver = false
    private var pause: ServerTimer?
    private var ping: ServerTimer?

    /// - Parameters:
    ///   - end: Called once, after the last event, with whether the connection is to be cut there.
    ///   - write: Writes the bytes of one event.
    init(
        request: HelloRequest, configuration: DemoServerConfiguration, faults: FaultRun, time: ServerTime,
        context: ChannelHandlerContext, end: @escaping (_ isCut: Bool) -> Void, write: @escaping (ByteBuffer) -> Void
    ) {
        self.request = request
        self.configuration = configuration
        self.faults = faults
        self.time = time
        self.context = context
        self.end = end
        self.write = write
        schedulePing()
    }

    /// Goes on where it stopped: at the start, after a pause, or when the client takes events again.
    func resume() {
        guard pause == nil else { return }
        while !isOver, written < count, context.channel.isWritable {
            let length = configuration.thinkTime + faults.nextDelay()
            if length > .zero {
                return schedulePause(length)
            }
            writeGreeting()
        }
        if written == count { finish(isCut: false) }
    }

    func stop() {
        pause?.cancel()
        ping?.cancel()
    }

    /// A name that cannot be greeted is answered by no event at all.
    private var count: Int { request.hasBlankName ? 0 : configuration.greetings }

    private func finish(isCut: Bool) {
        guard !isOver else { return }
        isOver = true
        stop()
        end(isCut)
    }

    private func schedulePause(_ length: Duration) {
        pause = time.schedule(in: length, on: context.eventLoop) { [self] in
            pause = nil
            writeGreeting()
            resume()
        }
    }

    private func schedulePing() {
        ping?.cancel()
        ping = time.schedule(in: configuration.pingInterval, on: context.eventLoop) { [self] in
            write(context.channel.allocator.buffer(string: ": ping - \(Timestamp.now)\r\n\r\n"))
            schedulePing()
        }
    }

    private func writeGreeting() {
        written += 1
        let reply = Greeting.reply(to: request, number: written, of: configuration.greetings)
        // The spaces are those of the observed gateway.
        var event = JSONText()
        event.append(raw: "data: {\"message\": ")
        event.append(reply.message)
        event.append(raw: ", \"language\": ")
        event.append(reply.language)
        if !faults.breaksReply() { event.append(raw: "}") }
        event.append(raw: "\r\n\r\n")
        write(context.channel.allocator.buffer(bytes: event.bytes))
        schedulePing()
        switch faults.strike(afterEvent: written) {
        case nil: break
        case .cut: finish(isCut: true)
        case .fail:
            writeError(FaultRun.failure)
            finish(isCut: false)
        }
    }

    /// With the prefixes twice over, as the observed gateway writes an error.
    private func writeError(_ message: String) {
        var event = JSONText()
        event.append(raw: "data: event: error\r\ndata: data: {\"error\": ")
        event.append(message)
        event.append(raw: "}\r\ndata: \r\ndata: \r\n\r\n")
        write(context.channel.allocator.buffer(bytes: event.bytes))
    }
}
