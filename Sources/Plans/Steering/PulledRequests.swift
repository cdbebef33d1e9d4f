import DequeModule
import RPCCore

/// Requests that were pulled ahead, in batches as they came: one that is taken whole is handed on and not copied.
struct PulledRequests {
    private var batches: Deque<ArraySlice<Payload>> = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ batch: [Payload]) {
        guard !batch.isEmpty else { return }
        batches.append(batch[...])
        count += batch.count
    }

    /// Takes the oldest ones, as many as there are up to a limit.
    mutating func take(atMost limit: Int) -> [Payload] {
        var taken: [Payload] = []
        while taken.count < limit, let batch = batches.popFirst() {
            let part = batch.prefix(limit - taken.count)
            if part.count < batch.count { batches.prepend(batch.dropFirst(part.count)) }
            // An array made of all of another shares its memory.
            if taken.isEmpty { taken = Array(part) } else { taken += part }
        }
        count -= taken.count
        return taken
    }
}
