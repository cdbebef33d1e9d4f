import GreeterCore
import GreeterViewModel

/// Looks for text in a transcript, a window at a time, so that a call that goes on is not held up.
enum TranscriptSearch {
    private static let window = 500

    /// The number of the first match from the query's start on, in its direction; goes round at the end.
    static func run(_ query: FindQuery, in transcript: some TranscriptReading) -> Int? {
        let kept = transcript.kept(of: query.half)
        let start = min(max(query.start, kept.lowerBound), kept.upperBound)
        let before = kept.lowerBound..<start
        let after = start..<kept.upperBound
        guard query.goesForward else {
            let until = min(query.start + 1, kept.upperBound)
            let split = max(kept.lowerBound, until)
            return last(query, in: kept.lowerBound..<split, transcript)
                ?? last(query, in: split..<kept.upperBound, transcript)
        }
        return first(query, in: after, transcript) ?? first(query, in: before, transcript)
    }

    private static func first(_ query: FindQuery, in numbers: Range<Int>, _ transcript: some TranscriptReading) -> Int?
    {
        var start = numbers.lowerBound
        while start < numbers.upperBound {
            let end = min(start + window, numbers.upperBound)
            let messages = transcript.messages(of: query.half, in: start..<end)
            if let match = messages.first(where: { matches($0, query) }) { return match.number }
            start = end
        }
        return nil
    }

    private static func last(_ query: FindQuery, in numbers: Range<Int>, _ transcript: some TranscriptReading) -> Int? {
        var end = numbers.upperBound
        while end > numbers.lowerBound {
            let start = max(end - window, numbers.lowerBound)
            let messages = transcript.messages(of: query.half, in: start..<end)
            if let match = messages.last(where: { matches($0, query) }) { return match.number }
            end = start
        }
        return nil
    }

    private static func matches(_ message: StreamMessage, _ query: FindQuery) -> Bool {
        message.summary.containsIgnoringCase(query.pattern)
    }
}
