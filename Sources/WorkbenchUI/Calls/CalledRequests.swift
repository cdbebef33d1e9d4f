import Plans
import RPCCore
import TerminalUI
import WorkbenchModel

/// The requests of a call as JSON, for a command line.
enum CalledRequests {
    /// Those that were sent, or those of a plan that was not run yet and holds nothing else.
    /// - Returns: `nil` where they are more than a clipboard takes, or are not known one by one.
    static func json(
        of call: CallState, _ input: any MessageCodec, in transcript: any TranscriptReading
    ) async -> [String]? {
        guard call.progress.sent > 0 else { return planned(call.plan, input) }
        var (requests, size): ([String], Int) = ([], 0)
        for number in 1...call.progress.sent {
            guard let message = try? await transcript.read(.sent, number..<number + 1).first,
                let json = message.payload.json
            else { return nil }
            size += json.utf8.count
            guard size <= Clipboard.limit else { return nil }
            requests.append(json)
        }
        return requests
    }

    private static func planned(_ plan: PlanDocument, _ input: any MessageCodec) -> [String]? {
        var requests: [String] = []
        for step in plan.steps {
            guard case .request(let request) = step, let json = Payload(request, input, .json).json else { return nil }
            requests.append(json)
        }
        return requests
    }
}
