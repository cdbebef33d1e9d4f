import Foundation

/// The members of a JSON object, read by a general parser.
struct JSONObject {
    private let members: [String: Any]

    enum Member {
        /// There is none, or it is `null`.
        case missing
        case text(String)
        /// Neither text nor `null`.
        case other
    }

    /// - Returns: `nil` for what is no JSON object.
    static func read(_ bytes: UnsafeRawBufferPointer) -> JSONObject? {
        let value = try? JSONSerialization.jsonObject(with: Data(bytes))
        return (value as? [String: Any]).map { JSONObject(members: $0) }
    }

    func member(_ name: String) -> Member {
        switch members[name] {
        case nil, is NSNull: .missing
        case let text as String: .text(text)
        case .some: .other
        }
    }
}
