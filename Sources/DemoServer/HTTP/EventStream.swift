import NIOCore
import RPCCore

/// What answers one server-streaming call, as server-sent events.
///
/// Writes while the client takes them, with pauses of the configured time, and fills silence with comments. Holds one
/// event at a time.
final class EventStream {
    private let source: EventSource
    private var upcoming: EventSource.Event?
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
        source: EventSource, configuration: DemoServerConfiguration, faults: FaultRun, time: ServerTime,
        context: ChannelHandlerContext, end: @escaping (_ isCut: Bool) -> Void, write: @escaping (ByteBuffer) -> Void
    ) {
        self.source = source
        upcoming = source.next()
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
        while !isOver, let event = upcoming, context.channel.isWritable {
            let length = event.pause + configuration.thinkTime + faults.nextDelay()
            if length > .zero { return schedulePause(length) }
            writeEvent()
        }
        if upcoming == nil { finish(isCut: false) }
    }

    func stop() {
        pause?.cancel()
        ping?.cancel()
    }

    private func finish(isCut: Bool) {
        guard !isOver else { return }
        isOver = true
        stop()
        end(isCut)
    }

    private func schedulePause(_ length: Duration) {
        pause = time.schedule(in: length, on: context.eventLoop) { [self] in
            pause = nil
            writeEvent()
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

    private func writeEvent() {
        guard let json = upcoming?.json else { return }
        upcoming = source.next()
        written += 1
        var event = JSONText()
        event.append(raw: "data: ")
        event.append(raw: faults.breaksReply() ? json.dropLast() : json[...])
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
