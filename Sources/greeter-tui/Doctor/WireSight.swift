import RPCCore

/// What the doctor sees of the wire of gRPC: what the server allows, and how far away it is.
struct WireSight: Sendable {
    private let tap: WireTap
    private let news: AsyncStream<Void>

    /// Begins to look.
    init(_ tap: WireTap) {
        let (news, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (self.tap, self.news) = (tap, news)
        tap.listen { continuation.yield() }
    }

    /// What has been seen, once a PING was answered; `nil` where no server has spoken HTTP/2.
    /// - Parameter limit: How long the answer may take.
    func summary(within limit: Duration, clock: any CallClock) async -> WireSummary? {
        await withTaskGroup(of: WireSummary?.self) { group in
            let looking = Looking()
            group.addTask {
                for await _ in news {
                    let summary = await looking.take(from: tap)
                    if summary.roundTrip != nil || summary.connections.isEmpty { return summary }
                }
                return nil
            }
            group.addTask {
                try? await clock.sleep(for: limit)
                return nil
            }
            let seen = await group.next() ?? nil
            group.cancelAll()
            let summary: WireSummary
            if let seen { summary = seen } else { summary = await looking.take(from: tap) }
            tap.stopListening()
            return summary.received.headerBytes > 0 || summary.lastSettings != nil ? summary : nil
        }
    }

    /// The records so far.
    private actor Looking {
        private var summary = WireSummary()

        func take(from tap: WireTap) -> WireSummary {
            let (records, dropped) = tap.take()
            summary.drop(dropped)
            for record in records { summary.apply(record) }
            return summary
        }
    }

    /// `MAX_CONCURRENT_STREAMS 100, INITIAL_WINDOW_SIZE 65535, MAX_HEADER_LIST_SIZE without limit; PING answered after 0.4ms`.
    static func text(of summary: WireSummary) -> String {
        let settings = summary.lastSettings ?? [:]
        let parameters: [(UInt16, String)] = [
            (WireSetting.maximumConcurrentStreams, "without limit"), (WireSetting.initialWindowSize, "65535"),
            (WireSetting.maximumHeaderListSize, "without limit"),
        ]
        let words = parameters.map { identifier, standard in
            "\(WireSetting(identifier, 0).name) \(settings[identifier].map { "\($0)" } ?? standard)"
        }
        let trip = summary.roundTrip.map { "a PING answered after \($0.text)" } ?? "no PING was answered"
        return "\(words.joined(separator: ", ")); \(trip)"
    }
}
