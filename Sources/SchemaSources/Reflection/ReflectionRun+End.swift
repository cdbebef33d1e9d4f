import DequeModule
import RPCCore

/// What comes after a stream that has ended, or must.
extension ReflectionRun {
    /// Decides what comes after a stream that has ended while requests were open.
    mutating func goOn(after outcome: CallOutcome) throws(CallError) {
        let unanswered = open
        open = []
        pending.prepend(contentsOf: unanswered)
        let hasAnswers = answersOnStream > 0
        guard let error = outcome.error else {
            window = 1
            guard !hasAnswers else { return }
            let cause = "the server ended the stream of reflection without an answer"
            return try stop(CallError(.unavailable, cause, at: .server))
        }
        if canFallBack(after: error) {
            (fallback, version) = (error, .v1alpha)
            return
        }
        if Self.isFinal(error) || !hasAnswers && error.code == .unavailable || failedStreams >= Self.failedStreamLimit {
            return try stop(explained(error))
        }
        window = 1
        guard !hasAnswers else { return }
        // A server that fails at one request may know the answer to the others.
        failedStreams += 1
        guard unanswered.count == 1, let first = pending.popFirst() else { return }
        try refuse(first, error.code, error.cause, ofFile: "for which \(error.cause)", origin: error.origin)
    }

    /// Whether a server that has not answered by v1 may do so by v1alpha.
    private func canFallBack(after error: CallError) -> Bool {
        guard !isVersionKnown, answers == 0, version == .v1 else { return false }
        return error.code == .unimplemented
            || error.code == .unavailable && [.server, .receive].contains(error.origin)
    }

    /// Whether it makes no sense to go on after an error.
    private static func isFinal(_ error: CallError) -> Bool {
        switch error.code {
        case .unauthenticated, .permissionDenied, .unimplemented, .deadlineExceeded, .cancelled: true
        default: false
        }
    }

    /// Ends the work: with an error where there was no answer; else what is left is noted as not answered.
    mutating func stop(_ error: CallError) throws(CallError) {
        let isListed = (open + pending).contains { $0.question == .services }
        guard answers > 0, !isListed else { throw error }
        for item in open + pending {
            fail(item, error.code, error.cause, ofFile: "for which there was no answer: \(error.cause)")
        }
        (open, pending) = ([], [])
    }

    var lateness: CallError {
        let question = open.first.map { "\($0.question)" } ?? ""
        let isSilent = answersOnStream == 0 && clock.now < end
        let cause =
            isSilent
            ? "the server did not answer \(question) within \(limits.firstAnswer.text)"
            : "reflection took longer than \(limits.time.text); \(question) is not answered"
        return CallError(.deadlineExceeded, cause, at: .deadline, advice: Self.otherSources)
    }

    private func explained(_ error: CallError) -> CallError {
        var explained = error
        switch error.code {
        case .unauthenticated, .permissionDenied:
            explained.cause = "reflection asks for credentials: \(error.cause)"
            explained.advice = "give them with --reflect-header 'NAME: VALUE', or " + Self.otherSources
        case .unimplemented:
            if let fallback, fallback.code != .unimplemented { return self.explained(fallback) }
            let known = fallback == nil ? "no \(version.service)" : "neither grpc.reflection.v1 nor v1alpha"
            explained.cause = "the server has no reflection: it knows \(known)"
            explained.advice = Self.otherSources
        default:
            // What keeps any call from the server is not about reflection.
            guard error.origin == .server || error.origin == .receive || error.origin == .decode else { break }
            let question = pending.first ?? open.first
            explained.cause = "reflection failed at \(question.map { "\($0.question)" } ?? "its end"): \(error.cause)"
        }
        return explained
    }

    /// So many streams may fail one after another without an answer.
    private static let failedStreamLimit = 3
    static let otherSources = "describe the services with --proto FILE -I DIR, or with --protoset FILE"
}
