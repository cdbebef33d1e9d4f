package import RPCCore

/// What the codes of the protocols below mean as status codes of a call. The one place where they are decided.
package enum StatusMapping {
    /// The status code of an HTTP response that is no success.
    ///
    /// From gRPC's mapping (https://grpc.github.io/grpc/core/md_doc_http-grpc-status-mapping.html), but where this
    /// gateway speaks for the service itself: 400 and 422 are its words for a request that the service refuses, and 409,
    /// 413, 431 and 499 mean what google/rpc/code.proto and RFC 9110 and 6585 say of them.
    package static func statusCode(ofHTTP status: Int) -> StatusCode {
        switch status {
        case 400, 422: .invalidArgument
        case 401, 407: .unauthenticated
        case 403: .permissionDenied
        case 404, 405, 501: .unimplemented
        case 408: .deadlineExceeded
        case 409: .aborted
        case 413, 431: .resourceExhausted
        case 429, 502, 503, 504: .unavailable
        case 499: .cancelled
        // A redirect is not followed: the address is to be corrected.
        case 300..<400: .failedPrecondition
        default: .unknown
        }
    }

    /// The status code of an HTTP answer in the place of gRPC's own, as gRPC maps it
    /// (https://grpc.github.io/grpc/core/md_doc_http-grpc-status-mapping.html).
    package static func statusCode(inPlaceOfGRPC status: Int) -> StatusCode {
        switch status {
        case 400: .internal
        case 401: .unauthenticated
        case 403: .permissionDenied
        case 404: .unimplemented
        case 429, 502, 503, 504: .unavailable
        default: .unknown
        }
    }

    /// The status code of a call that a CLOSE frame ended before the call was complete; `nil` for a frame without a code.
    ///
    /// Codes: RFC 6455, 7.4.1, and the IANA registry of WebSocket close codes for 1012 to 1014 and from 3000 on.
    package static func statusCode(ofClose code: UInt16?) -> StatusCode {
        switch code {
        // Orderly, but early: the server went away, or closed before it had answered. Another attempt may succeed.
        case nil, 1000, 1001, 1005, 1006, 1012, 1013, 1014, 1015: .unavailable
        case 1002: .internal
        case 1003, 1007: .invalidArgument
        case 1008, 3003: .permissionDenied
        case 1009: .resourceExhausted
        case 1010: .failedPrecondition
        case 1011: .internal
        case 3000: .unauthenticated
        case 3008: .deadlineExceeded
        default: .unknown
        }
    }

    /// The status code of a call whose stream was reset with this error code (RFC 9113, 7).
    ///
    /// From gRPC's mapping (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors).
    package static func statusCode(ofReset code: UInt32) -> StatusCode {
        switch code {
        case 0...4, 6, 9, 10: .internal
        case 7: .unavailable
        case 8: .cancelled
        case 11: .resourceExhausted
        case 12: .permissionDenied
        default: .unknown
        }
    }

    /// An error code of HTTP/2 and its name: `8 CANCEL`.
    package static func describe(reset code: UInt32) -> String {
        let name = WireFrame.name(ofCode: code)
        return name == "\(code)" ? name : "\(code) \(name)"
    }

    /// The code of a CLOSE frame and what it stands for: `1011 internal error`.
    package static func describe(close code: UInt16?) -> String {
        guard let code else { return "no code" }
        return closeNames[code].map { "\(code) \($0)" } ?? "\(code)"
    }

    private static let closeNames: [UInt16: String] = [
        1000: "normal closure", 1001: "going away", 1002: "protocol error", 1003: "unsupported data",
        1004: "reserved", 1005: "reserved for no code", 1006: "reserved for abnormal closure",
        1007: "invalid payload", 1008: "policy violation", 1009: "message too big", 1010: "extension required",
        1011: "internal error", 1012: "service restart", 1013: "try again later", 1014: "bad gateway",
        1015: "reserved for TLS failure", 3000: "unauthorized", 3003: "forbidden", 3008: "timeout",
    ]
}
