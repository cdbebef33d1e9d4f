import Foundation
import RPCCore

/// What the fields of a JSON object say of an error. One reader for all forms that servers use, wherever they come:
///
/// - the gateway's own, `{"type":"error","error":"…"}`, `{"code":5,"message":"…"}`, and FastAPI's `{"detail":…}`,
/// - `google.rpc.Status` as it stands, and under `error` as grpc-gateway streams it, with `grpc_code` in its first version,
/// - Google's `{"error":{"code":404,"status":"NOT_FOUND",…}}`,
/// - `{"statusCode":404,"error":"Not Found","message":…}` and `{"status":404,…}` of web frameworks, and problem details (RFC 9457),
/// - `{"success":false,…}` and `{"status":"error",…}`.
///
/// A field of a type that no form has says nothing; only a code that cannot be understood is one all the same.
struct ErrorFields: Decodable {
    /// The code or the status, the most telling of those that are there.
    private(set) var number: ReportedError.Number?
    /// All that is said for people, each text once.
    private var texts: [String] = []
    /// Whether a field that stands for an error is set, whatever the number says.
    private(set) var hasError = false

    private enum Key: String, CodingKey {
        case error, status, statusCode, code, success, message, title, detail
        case grpcCode = "grpc_code"
        case httpCode = "http_code"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func code(_ key: Key) -> CodeField? { try? fields.decodeIfPresent(CodeField.self, forKey: key) }
        let inner = try? fields.decodeIfPresent(ErrorField.self, forKey: .error)
        let status = code(.status)
        let isFailed = (try? fields.decodeIfPresent(Bool.self, forKey: .success)) == false
        hasError = inner?.isError == true || isFailed || status?.isFailed == true
        number = Self.mostTelling([
            inner?.number, status?.name, code(.grpcCode)?.number, code(.code)?.number, code(.statusCode)?.number,
            status?.integer, code(.httpCode)?.number,
        ])
        add(inner?.texts ?? [])
        for key in [Key.title, .message, .detail] {
            add((try? fields.decodeIfPresent(TextField.self, forKey: key))?.texts ?? [])
        }
    }

    /// Of several numbers the first that is known and no success, then the first that is not known.
    private static func mostTelling(_ numbers: [ReportedError.Number?]) -> ReportedError.Number? {
        let numbers = numbers.compactMap { $0 }
        let failures = numbers.filter { !$0.isSuccess }
        return failures.first(where: \.isKnown) ?? failures.first ?? numbers.first
    }

    /// Reads a text that is a JSON object; `nil` for anything else.
    static func read(_ bytes: Data) -> ErrorFields? { try? JSONDecoder().decode(ErrorFields.self, from: bytes) }

    /// The words of the error.
    var text: String { texts.joined(separator: ": ") }

    /// The error, where the fields say that there is one.
    var reported: ReportedError? {
        guard hasError || number?.isSuccess == false else { return nil }
        return asError
    }

    /// The error that it is where something else has said that there is one.
    var asError: ReportedError {
        ReportedError(text, number: number?.isSuccess == true ? nil : number)
    }

    /// The same of an object whose type is not known: what it means by its `code` is not known either.
    var reportedByUnknownType: ReportedError? {
        if hasError { return asError }
        guard case .http(400...) = number else { return nil }
        return asError
    }

    private mutating func add(_ more: [String]) {
        for text in more where !text.isEmpty && !texts.contains(text) { texts.append(text) }
    }
}

/// The field `error`: words, a code, an object of its own, or a mark that there is none.
private struct ErrorField: Decodable {
    var isError = true
    var number: ReportedError.Number?
    var texts: [String] = []

    init(from decoder: any Decoder) throws {
        if let fields = try? ErrorFields(from: decoder) {
            number = fields.asError.number
            texts = [fields.text]
            return
        }
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            isError = !text.isEmpty
            texts = [text]
        } else if let flag = try? value.decode(Bool.self) {
            isError = flag
        } else if let words = try? value.decode(TextField.self) {
            texts = words.texts
        } else if let code = try? value.decode(CodeField.self) {
            number = code.number
            isError = number?.isSuccess == false
        }
    }
}

/// A field that holds a code: a number, a number in digits, or a name.
private struct CodeField: Decodable {
    let number: ReportedError.Number
    /// Whether it is there as a number, or in digits.
    private let isInteger: Bool

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let integer = try? value.decode(Int.self) {
            (number, isInteger) = (ReportedError.Number(integer), true)
        } else if let text = try? value.decode(String.self) {
            (number, isInteger) = (ReportedError.Number(text), Int(text) != nil)
        } else if let fraction = try? value.decode(Double.self) {
            (number, isInteger) = (.other("\(fraction)"), true)
        } else {
            (number, isInteger) = (.other("that is neither a number nor a name"), false)
        }
    }

    /// The number, where it is one.
    var integer: ReportedError.Number? { isInteger ? number : nil }

    /// The status code of gRPC, where it is there by its name.
    var name: ReportedError.Number? {
        if case .status = number, !isInteger { number } else { nil }
    }

    /// Whether it is one of the words by which a `status` stands for a failure.
    var isFailed: Bool {
        if case .other(let text) = number {
            ["error", "fail", "failed", "failure"].contains(text.lowercased())
        } else {
            false
        }
    }
}

/// A field that holds words: a text, several, or what FastAPI found wrong, each `loc: msg`.
private struct TextField: Decodable {
    var texts: [String]

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            texts = [text]
        } else if let several = try? value.decode([String].self) {
            texts = [several.joined(separator: "; ")]
        } else {
            texts = [try value.decode([Problem].self).map(\.text).joined(separator: "; ")]
        }
    }

    /// One problem that validation found: `body.name: Input should be a valid string`.
    private struct Problem: Decodable {
        var loc: [Step]
        var msg: String

        var text: String {
            loc.isEmpty ? msg : loc.map(\.text).joined(separator: ".") + ": " + msg
        }

        /// A field's name, or an index.
        struct Step: Decodable {
            let text: String

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                text = try (try? value.decode(String.self)) ?? "\(value.decode(Int.self))"
            }
        }
    }
}
