import Foundation
import NIOCore
import NIOFoundationCompat
import RPCCore

/// What to try where a gateway refuses: what the known ones get wrong shows in how they answer.
///
/// All of them are made with FastAPI, whose own refusals are 422 with the place and the kind of each problem.
struct RefusalHints: Sendable {
    /// How requests are made for the gateway; `nil` where nothing says what it is.
    var style: RouteStyle?
    /// Where they go.
    var path: CallRoute?

    /// - Returns: `nil` where nothing is known that would lead to this.
    func advice(on refusal: HTTPRefusal) -> String? {
        switch refusal.status.code {
        case 422: refusal.validations.lazy.compactMap(advice(on:)).first
        case 404 where style == .gateway: path?.hasPatterns == true ? Self.patterns : nil
        case 500: internalError(refusal)
        default: nil
        }
    }

    private func advice(on problem: Validation) -> String? {
        switch (problem.type, problem.loc?.first?.text) {
        case ("enum", "query"):
            "this gateway takes no enum in a query: leave the field out, or call the method over gRPC"
        case ("enum", _):
            style == .gateway
                ? "the gateway takes enums by number"
                : "the gateway takes enums by number: send them so with --style gateway"
        case ("list_type", "query"):
            "this gateway wants a value for each repeated field in a query: give one, or call the method over gRPC"
        case ("missing", "body") where problem.loc?.count == 1 && style == .proto:
            "the gateway wants a body: see whether it takes requests as --style gateway makes them"
        default: nil
        }
    }

    private func internalError(_ refusal: HTTPRefusal) -> String? {
        let text = String(buffer: refusal.body)
        if text.contains("async_generator") {
            return "this route is for a WebSocket: the kind of the method is not as its definition says"
        }
        guard style != nil, text == "Internal Server Error" else { return nil }
        return
            "the gateway answers so whatever status the service gives, and for numbers out of range: its log says more, "
            + "and so does a call over gRPC"
    }

    private static let patterns =
        "this gateway takes a pattern in a route as it is written; --style proto sends what it stands for"

    /// What to try where a gateway reports that it cannot write its reply.
    static func advice(onReported text: String) -> String? {
        guard text.contains("is not JSON serializable") else { return nil }
        return
            "this gateway cannot send messages with enums, bytes or times over SSE and WebSocket: call the method over gRPC"
    }
}

/// A problem that FastAPI's validation found.
struct Validation: Decodable {
    var type: String?
    var loc: [Step]?

    /// A field's name, or an index.
    struct Step: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            text = try (try? value.decode(String.self)) ?? "\(value.decode(Int.self))"
        }
    }
}

extension HTTPRefusal {
    /// What FastAPI found wrong with the request.
    fileprivate var validations: [Validation] {
        struct Body: Decodable {
            var detail: [Validation]
        }
        return (try? JSONDecoder().decode(Body.self, from: Data(buffer: body)))?.detail ?? []
    }
}
