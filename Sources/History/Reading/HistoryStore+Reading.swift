import GRDB

extension HistoryStore {
    /// Reads from the database, beside what is written.
    /// - Throws: ``HistoryError``; `CancellationError` when the task is cancelled.
    func reading<Value: Sendable>(
        _ body: @Sendable (Database, CallLocks) throws -> Value
    ) async throws -> Value {
        let database = try await database()
        do {
            return try await database.pool.read { try body($0, database.locks) }
        } catch {
            throw HistoryError.explained(error, at: database.path)
        }
    }
}
