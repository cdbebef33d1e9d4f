import RPCCore

/// The events of one server stream, one after the other.
struct EventSource {
    struct Event {
        /// How long the service waits before it.
        var pause: Duration
        /// A JSON object.
        var json: [UInt8]
    }

    /// `nil` after the last one.
    let next: () -> Event?

    /// Greetings of a request. A name that cannot be greeted is answered by no event at all.
    init(_ request: HelloRequest, count: Int) {
        var written = 0
        next = {
            guard written < count, !request.hasBlankName else { return nil }
            written += 1
            let reply = Greeting.reply(to: request, number: written, of: count)
            // The spaces are those of the observed gateway.
            var event = JSONText()
            event.append(raw: "{\"message\": ")
            event.append(reply.message)
            event.append(raw: ", \"language\": ")
            event.append(reply.language)
            event.append(raw: "}")
            return Event(pause: .zero, json: event.bytes)
        }
    }

    /// What a service says by itself.
    init(_ service: any ServiceCall) {
        var service = service
        next = {
            guard let pace = service.pace, let reply = service.speak() else { return nil }
            return Event(pause: pace, json: reply.gatewayJSON)
        }
    }
}
