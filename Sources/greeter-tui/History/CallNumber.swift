import ArgumentParser
import History

/// A call of the history as people name it: by its number, or as the last one.
enum CallNumber: ExpressibleByArgument, Equatable {
    case number(Int64)
    case last

    init?(argument: String) {
        if argument.lowercased() == "last" {
            self = .last
        } else if let number = Int64(argument) {
            self = .number(number)
        } else {
            return nil
        }
    }

    /// The number that it is.
    /// - Throws: ``Exit`` where there is no call at all; what the history throws.
    func resolved(in history: HistoryStore) async throws -> Int64 {
        switch self {
        case .number(let number): return number
        case .last:
            guard let call = try await history.calls(CallQuery(limit: 1)).first else {
                throw Exit.usage("there is no call in the history yet")
            }
            return call.id
        }
    }
}
