/// Places in a transcript that are found by binary search: a reading of some twenty messages, however many there are.
extension TranscriptReading {
    public func number(of direction: Direction, at time: Duration) async throws -> Int? {
        try await firstNumber(of: direction) { $0.time >= time }
    }

    /// The other one of a pair: the request that a reply answers, or the first reply that answers a request.
    /// - Parameter pairings: The rules by which answers belong to requests.
    /// - Returns: its number; `nil` where there is none, or none yet, or nobody knows which.
    public func counterpart(
        of direction: Direction, _ number: Int, by pairings: Pairings = Pairings()
    ) async throws -> Int? {
        @Sendable func request(_ message: StreamMessage) -> Int? { pairings.pair(of: message)?.request }
        switch direction {
        case .received: return try await read(.received, number..<number + 1).first.flatMap(request)
        case .sent:
            // Replies that say what they answer come in any order.
            if pairings.correlation != nil {
                return try await TranscriptSearch(.received, of: self).first(from: 1) { request($0) == number }
            }
            // Others come in the order of the requests, but for those to requests that were sent again.
            if let guess = try await firstNumber(of: .received, where: { (request($0) ?? 0) >= number }),
                try await read(.received, guess..<guess + 1).first.flatMap(request) == number
            {
                return guess
            }
            return try await TranscriptSearch(.received, of: self).first(from: number) { request($0) == number }
        }
    }

    /// The first message of which something is true that is true of all after it.
    private func firstNumber(
        of direction: Direction, where isBehind: (StreamMessage) -> Bool
    ) async throws -> Int? {
        var numbers = kept(of: direction)
        let end = numbers.upperBound
        while !numbers.isEmpty {
            let middle = numbers.lowerBound + numbers.count / 2
            // What cannot be read any more is before all that can.
            let message = try await read(direction, middle..<middle + 1).first
            if message.map(isBehind) == true {
                numbers = numbers.lowerBound..<middle
            } else {
                numbers = middle + 1..<numbers.upperBound
            }
            try Task.checkCancellation()
        }
        return numbers.lowerBound < end ? numbers.lowerBound : nil
    }
}
