public import Plans

extension PlanRun {
    /// The first requests that the run makes.
    /// - Throws: ``PlanError`` where there is one before so many requests were made.
    public func preview(_ count: Int) async throws -> [PlannedRequest] {
        guard let preview = await PlanPreviewer(self, limit: count).preview() else { throw CancellationError() }
        if preview.requests.count < count, case .failed(let error) = preview.ending { throw error }
        return preview.requests
    }
}
