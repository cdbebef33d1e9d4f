import RPCCore
import TransportSupport

/// An error that a server tells in the body of an answer or in a message, whatever form it gives it.
struct ReportedError: Hashable, Sendable {
    /// By which number or name; `nil` where the server gives none.
    var number: Number?
    /// In the server's words, all of them; empty where it gives none.
    var text: String

    init(_ text: String, number: Number? = nil) {
        self.text = text
        self.number = number
    }

    /// What an error is called by.
    enum Number: Hashable, Sendable {
        /// One of the status codes of gRPC, by its number or its name.
        case status(StatusCode)
        /// A status of HTTP, which servers write into bodies too.
        case http(Int)
        /// Neither, as it stands.
        case other(String)
    }

    /// How the error that refuses one request begins.
    private static let refusalPrefix = "Invalid request"

    /// Whether it concerns one request only: the call goes on.
    var isRefusalOfRequest: Bool { text.hasPrefix(Self.refusalPrefix) && code == .invalidArgument }

    /// The status code of a call that ends with it.
    var code: StatusCode {
        switch number {
        case .status(let code): code
        case .http(let status): StatusMapping.statusCode(ofHTTP: status)
        case .other: .unknown
        case nil: text.hasPrefix(Self.refusalPrefix) ? .invalidArgument : .unknown
        }
    }

    /// The end of a call whose server has reported it.
    var callError: CallError {
        CallError(code, cause, at: .server, advice: RefusalHints.advice(onReported: text), isRefusal: true)
    }

    private var cause: String {
        let words = text.isEmpty ? "" : ": " + Quote.bounded(text)
        switch number {
        case .status(let code): return "the server answered with the code \(code.rawValue)\(words)"
        case .http(let status): return "the server answered with the status \(status)\(words)"
        case .other(let number): return "the server answered with the code \(Quote.bounded(number))\(words)"
        case nil:
            if text.isEmpty { return "the server reported an error and gives no reason" }
            return isRefusalOfRequest
                ? Quote.bounded(text) : "the server reported an error: \(Quote.beginning(of: text))"
        }
    }
}

extension ReportedError.Number {
    /// Reads a number as it stands in a field for codes. 0 to 16 are those of gRPC, 100 to 599 those of HTTP.
    init(_ number: Int) {
        if let code = StatusCode(rawValue: number) {
            self = .status(code)
        } else if (100...599).contains(number) {
            self = .http(number)
        } else {
            self = .other("\(number)")
        }
    }

    /// Reads a text: a number in digits (protobuf's JSON mapping allows that), or the name of a status code of gRPC.
    init(_ text: String) {
        if let number = Int(text) {
            self.init(number)
        } else if let code = StatusCode.allCases.first(where: { $0.name == text.uppercased() }) {
            self = .status(code)
        } else {
            self = .other(text)
        }
    }

    /// Whether it is a number or a name of gRPC or HTTP.
    var isKnown: Bool { if case .other = self { false } else { true } }

    /// Whether it says success.
    var isSuccess: Bool {
        switch self {
        case .status(let code): code == .ok
        case .http(let status): (200..<300).contains(status)
        case .other(let text): text.isEmpty || text.lowercased() == "success"
        }
    }
}
