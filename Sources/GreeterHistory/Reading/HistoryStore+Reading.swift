import Dispatch
import GRDB
import GreeterCore

extension HistoryStore {
    /// Threads that read. Two, as many as there are connections to read with.
    private static let readers = [
        DispatchQueue(label: "greeter.history.read.1", qos: .userInitiated),
        DispatchQueue(label: "greeter.history.read.2", qos: .userInitiated),
    ]

    /// Reads from the database on a thread that may block, beside what is written.
    func reading<Value: Sendable>(
        _ body: @escaping @Sendable (HistoryDatabase) throws -> Value
    ) async throws(HistoryError) -> Value {
        let database = try await database()
        let result: Result<Value, HistoryError> = await withCheckedContinuation { continuation in
            Self.readers.randomElement()?.async {
                continuation.resume(
                    returning: Result { try body(database) }.mapError { HistoryError($0, at: database.path) })
            }
        }
        return try result.get()
    }

    /// Runs `body` while nobody reads, after what reads by now: a connection that is closed under a reader ends the program.
    static func withoutReaders(_ body: () -> Void) {
        withoutReaders(readers[...], body)
    }

    private static func withoutReaders(_ readers: ArraySlice<DispatchQueue>, _ body: () -> Void) {
        guard let reader = readers.first else { return body() }
        reader.sync { withoutReaders(readers.dropFirst(), body) }
    }
}
