import Foundation
import RPCCore

/// The options of a call as JSON.
struct OptionsText: Codable {
    struct Entry: Codable {
        var name: String
        var value: String
    }

    /// In seconds; `nil` for no limit.
    var deadline: Double?
    var deadline_from_half_close: Bool
    var metadata: [Entry]
    var method: String?

    init(_ options: CallOptions) {
        deadline = options.deadline.map { $0 / .seconds(1) }
        deadline_from_half_close = options.deadlineStart == .halfClose
        metadata = options.metadata.map { Entry(name: $0.name, value: $0.value) }
        method = options.method
    }

    var options: CallOptions {
        CallOptions(
            deadline: deadline.map { .nanoseconds(Int64((min(max($0, 0), 9e9) * 1e9).rounded())) },
            deadlineStart: deadline_from_half_close ? .halfClose : .call,
            metadata: metadata.map { MetadataEntry($0.name, $0.value) }, method: method)
    }

    init(json: String) throws {
        self = try JSONDecoder().decode(OptionsText.self, from: Data(json.utf8))
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
