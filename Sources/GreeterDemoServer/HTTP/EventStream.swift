import GreeterCore
import NIOCore

/// The greetings of one server-streaming call as server-sent events.
///
/// Writes while the client takes them, with pauses of the configured time, and fills silence with comments. Holds one
/// event at a time.
final class EventStream {
    private let request: HelloRequest
    private let configuration: DemoServerConfiguration
    private let context: ChannelHandlerContext
    private let end: () -> Void
    private let write: (ByteBuffer) -> Void
    private var written = 0
    private var pause: Scheduled<Void>?
    private var ping: Scheduled<Void>?

    /// - Parameters:
    ///   - end: Called once, after the last event.
    ///   - write: Writes the bytes of one event.
    init(
        request: HelloRequest, configuration: DemoServerConfiguration, context: ChannelHandlerContext,
        end: @escaping () -> Void, write: @escaping (ByteBuffer) -> Void
    ) {
        self.request = request
        self.configuration = configuration
        self.context = context
        self.end = end
        self.write = write
        schedulePing()
    }

    /// Goes on where it stopped: at the start, after a pause, or when the client takes events again.
    func resume() {
        guard pause == nil else { return }
        while written < count, context.channel.isWritable {
            if configuration.thinkTime > .zero {
                return schedulePause()
            }
            writeGreeting()
        }
        endIfComplete()
    }

    func stop() {
        pause?.cancel()
        ping?.cancel()
    }

    /// A name that cannot be greeted is answered by no event at all.
    private var count: Int { request.hasBlankName ? 0 : configuration.greetings }

    private func endIfComplete() {
        guard written == count else { return }
        stop()
        end()
    }

    private func schedulePause() {
        pause = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.thinkTime)) { [self] in
            pause = nil
            writeGreeting()
            resume()
        }
    }

    private func schedulePing() {
        ping?.cancel()
        ping = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.pingInterval)) { [self] in
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
        event.append(raw: "}\r\n\r\n")
        write(context.channel.allocator.buffer(bytes: event.bytes))
        schedulePing()
    }
}
