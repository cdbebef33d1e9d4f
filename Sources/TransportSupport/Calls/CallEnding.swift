package import RPCCore

/// How a call ended, before its counts are added: one thing, whatever carried the call.
package struct CallEnding: Hashable, Sendable {
    /// Indirect where it is large: every message of a stream is asked how the call ends with it, and nearly none ends it.
    private enum Outcome: Hashable, Sendable {
        case success
        indirect case failure(CallError)
    }

    private var outcome: Outcome
    /// The rule that ended the call, in words.
    package let rule: String
    /// The number of the reply that is the result.
    package let result: Int?
    package let trailers: [MetadataEntry]
    /// Whether the server has certainly processed nothing of what it has not answered: it can be sent again.
    package var isUnprocessed = false
    /// Of the requests that were told of, how many, the last ones, have not left this side.
    package var withdrawn = 0
    /// Whether the server knows no method of that name: it has said so before anything else.
    package var isUnknownMethod = false

    package init(error: CallError? = nil, rule: String, result: Int? = nil, trailers: [MetadataEntry] = []) {
        outcome = error.map { .failure($0) } ?? .success
        self.rule = rule
        self.result = result
        self.trailers = trailers
    }

    /// Why it failed; `nil` when it succeeded.
    package var error: CallError? {
        get { if case .failure(let error) = outcome { error } else { nil } }
        set { outcome = newValue.map { .failure($0) } ?? .success }
    }

    /// Whether the server has ended the call, well or not.
    package var isByServer: Bool { error.map { $0.origin == .server } ?? true }

    package static func failure(_ error: CallError, rule: String, trailers: [MetadataEntry] = []) -> CallEnding {
        CallEnding(error: error, rule: rule, trailers: trailers)
    }

    /// The user, or the program, has ended the call.
    package static var cancelled: CallEnding {
        .failure(CallError(.cancelled, "the call was cancelled", at: .cancellation), rule: "cancelled by this side")
    }

    /// Runs a call within its limit. What it throws is how the call has ended.
    /// - Parameters:
    ///   - rule: What ended it, where that is neither time nor this side.
    ///   - origin: Where an error arose that nobody has put into words.
    package static func of(
        within limit: TimeLimit? = nil, failing rule: String, at origin: CallError.Origin = .receive,
        _ body: @escaping @Sendable () async throws -> CallEnding
    ) async -> CallEnding {
        do {
            guard let limit else { return try await body() }
            return try await limit.run(body)
        } catch let error as CallError where error.origin == .deadline {
            return .failure(error, rule: "the deadline passed")
        } catch {
            if Task.isCancelled { return .cancelled }
            return .failure(error as? CallError ?? CallError(.internal, "\(error)", at: origin), rule: rule)
        }
    }
}
