import Foundation
import RPCCore

/// Something that is wrong with a request, as the gateway's validation reports it.
struct ValidationIssue: Error {
    var type: String
    /// The keys that lead to it, as a JSON array: `["body","name"]`.
    var location: [String]
    var message: String
    /// What was found there, as JSON.
    var input: String
    /// What the JSON parser had to say, and at which byte, where it tells.
    var parserError: (position: Int?, text: String)?

    /// For a line of text: `name: Input should be a valid string`.
    var summary: String {
        let text = parserError.map { "\(message): \($0.text)" } ?? message
        let path = location.dropFirst().joined(separator: ".")
        return path.isEmpty ? text : "\(path): \(text)"
    }
}

/// The outcome of reading a request.
enum RequestReading {
    case request(HelloRequest)
    case issues([ValidationIssue])
    /// An object with a true `__end_stream__`: the client has sent its last request.
    case endOfStream

    /// Reads a request by the rules of the observed gateway: a missing name is the default one, a missing or null
    /// language is English, unknown fields are ignored, and nothing is converted.
    /// - Parameter knowsMarker: Whether the end-of-stream marker is more than a request without a name.
    init(_ bytes: UnsafeRawBufferPointer, knowsMarker: Bool = false) {
        if let request = HelloRequest(plainJSON: bytes) {
            self = .request(request)
        } else {
            self.init(general: Data(bytes), knowsMarker: knowsMarker)
        }
    }

    /// Whether a message is the end-of-stream marker.
    static func isEndOfStream(_ message: Data) -> Bool {
        let object = try? JSONSerialization.jsonObject(with: message) as? [String: Any]
        return object.map(isEndOfStream) ?? false
    }

    private static func isEndOfStream(_ object: [String: Any]) -> Bool { object["__end_stream__"] as? Bool == true }

    private init(general data: Data, knowsMarker: Bool) {
        guard !data.isEmpty else {
            self = .issues([.init(type: "missing", location: ["body"], message: "Field required", input: "null")])
            return
        }
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
        } catch {
            self = .issues([.invalidJSON(error)])
            return
        }
        guard let object = value as? [String: Any] else {
            let message = "Input should be a valid dictionary or object to extract fields from"
            self = .issues([
                .init(type: "model_attributes_type", location: ["body"], message: message, input: json(value))
            ])
            return
        }
        if knowsMarker, Self.isEndOfStream(object) {
            self = .endOfStream
            return
        }
        var request = HelloRequest(name: Greeting.defaultName)
        var issues: [ValidationIssue] = []
        switch object["name"] {
        case nil: break
        case let name as String: request.name = name
        case let other?: issues.append(.notString(other, at: "name"))
        }
        switch object["language"] {
        case nil, is NSNull: break
        case let language as String: request.language = language
        case let other?: issues.append(.notString(other, at: "language"))
        }
        self = issues.isEmpty ? .request(request) : .issues(issues)
    }
}

extension ValidationIssue {
    fileprivate static func notString(_ value: Any, at key: String) -> ValidationIssue {
        ValidationIssue(
            type: "string_type", location: ["body", key], message: "Input should be a valid string", input: json(value))
    }

    fileprivate static func invalidJSON(_ error: any Error) -> ValidationIssue {
        let details = (error as NSError).userInfo
        let position = details["NSJSONSerializationErrorIndex"] as? Int
        let text = details[NSDebugDescriptionErrorKey] as? String ?? "the text is no JSON"
        return ValidationIssue(
            type: "json_invalid", location: ["body"], message: "JSON decode error", input: "{}",
            parserError: (position, text))
    }
}

/// A parsed value as compact JSON again.
private func json(_ value: Any) -> String {
    let data = try? JSONSerialization.data(
        withJSONObject: value, options: [.fragmentsAllowed, .withoutEscapingSlashes, .sortedKeys])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "null"
}
