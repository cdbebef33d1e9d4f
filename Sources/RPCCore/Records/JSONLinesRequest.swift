import Foundation

/// What is wrong with a line, and what was expected.
package struct JSONLinesProblem: Error {
    let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension HelloRequest {
    private static let fields = ["name", "language"]
    private static let example = #"expected an object such as {"name":"Ana","language":"en"}"#

    /// Reads one line of JSON Lines, and says what is wrong with it where it is no request.
    init(jsonLine bytes: UnsafeRawBufferPointer) throws(JSONLinesProblem) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JSONLinesProblem("is not UTF-8; \(Self.example)")
        }
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        } catch {
            throw JSONLinesProblem("is not JSON\(Self.reason(error)); \(Self.example)")
        }
        guard let object = value as? [String: Any] else {
            throw JSONLinesProblem("is \(Self.kind(of: value)); \(Self.example)")
        }
        if let key = object.keys.filter({ !Self.fields.contains($0) }).min() {
            throw JSONLinesProblem("has an unknown field '\(key.prefix(40))'; \(Self.advice(on: key))")
        }
        // The parser overlooks a comma too many, and takes the last of two.
        guard let names = JSONScanner.names(inObject: bytes) else {
            throw JSONLinesProblem("is not JSON; \(Self.example)")
        }
        guard names.count == object.count else { throw JSONLinesProblem("has a field twice; \(Self.example)") }
        switch object["name"] {
        case nil: throw JSONLinesProblem("has no 'name'; \(Self.example)")
        case let name as String: self.init(name: name)
        case let other?:
            throw JSONLinesProblem("has \(Self.kind(of: other)) as 'name'; expected a string")
        }
        switch object["language"] {
        case nil, is NSNull: break
        case let language as String: self.language = language
        case let other?:
            throw JSONLinesProblem("has \(Self.kind(of: other)) as 'language'; expected a string or null")
        }
    }

    /// What the parser says of its failure, in brackets; nothing where it says nothing.
    private static func reason(_ error: any Error) -> String {
        guard let text = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String else { return "" }
        let sentence = text.hasSuffix(".") ? text.dropLast() : text[...]
        return " (\(sentence.prefix(1).lowercased())\(sentence.dropFirst()))"
    }

    private static func advice(on key: String) -> String {
        guard let nearest = NearestName.of(key, among: fields, within: NearestName.slip) else {
            return "the fields are 'name' and 'language'"
        }
        return "did you mean '\(nearest)'?"
    }

    private static func kind(of value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case is String: "a string"
        case is [Any]: "an array"
        case is [String: Any]: "an object"
        case let number as NSNumber where String(cString: number.objCType) == "c": "a truth value"
        default: "a number"
        }
    }
}
