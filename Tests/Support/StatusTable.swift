public import RPCCore

/// What the codes of the protocols below gRPC mean. The one table that the tests of every transport go by.
public enum StatusTable {
    /// A code of another protocol, what it means, and the sentence in which a user reads of it.
    public struct Row<Code: Sendable>: Sendable, CustomStringConvertible {
        public var given: Code
        public var code: StatusCode
        public var sentence: String

        init(_ given: Code, _ code: StatusCode, _ sentence: String) {
            (self.given, self.code, self.sentence) = (given, code, sentence)
        }

        public var description: String { "\(given)" }
    }

    /// HTTP statuses that are no success, without a reason of the server's.
    public static let http: [Row<Int>] = [
        Row(301, .failedPrecondition, "the server answered HTTP 301"),
        Row(400, .invalidArgument, "the server answered HTTP 400"),
        Row(401, .unauthenticated, "the server answered HTTP 401"),
        Row(403, .permissionDenied, "the server answered HTTP 403"),
        Row(404, .unimplemented, "the server answered HTTP 404"),
        Row(405, .unimplemented, "the server answered HTTP 405"),
        Row(407, .unauthenticated, "the server answered HTTP 407"),
        Row(408, .deadlineExceeded, "the server answered HTTP 408"), Row(409, .aborted, "the server answered HTTP 409"),
        Row(413, .resourceExhausted, "the server answered HTTP 413"),
        Row(418, .unknown, "the server answered HTTP 418"),
        Row(422, .invalidArgument, "the server answered HTTP 422"),
        Row(429, .unavailable, "the server answered HTTP 429"),
        Row(431, .resourceExhausted, "the server answered HTTP 431"),
        Row(499, .cancelled, "the server answered HTTP 499"),
        Row(500, .unknown, "the server answered HTTP 500"), Row(501, .unimplemented, "the server answered HTTP 501"),
        Row(502, .unavailable, "the server answered HTTP 502"), Row(503, .unavailable, "the server answered HTTP 503"),
        Row(504, .unavailable, "the server answered HTTP 504"),
    ]

    /// Codes of CLOSE frames; `nil` for a frame without a code.
    public static let closes: [Row<UInt16?>] = [
        Row(nil, .unavailable, "no code"), Row(1000, .unavailable, "1000 normal closure"),
        Row(1001, .unavailable, "1001 going away"), Row(1002, .internal, "1002 protocol error"),
        Row(1003, .invalidArgument, "1003 unsupported data"), Row(1004, .unknown, "1004 reserved"),
        Row(1005, .unavailable, "1005 reserved for no code"),
        Row(1006, .unavailable, "1006 reserved for abnormal closure"),
        Row(1007, .invalidArgument, "1007 invalid payload"), Row(1008, .permissionDenied, "1008 policy violation"),
        Row(1009, .resourceExhausted, "1009 message too big"),
        Row(1010, .failedPrecondition, "1010 extension required"), Row(1011, .internal, "1011 internal error"),
        Row(1012, .unavailable, "1012 service restart"), Row(1013, .unavailable, "1013 try again later"),
        Row(1014, .unavailable, "1014 bad gateway"), Row(1015, .unavailable, "1015 reserved for TLS failure"),
        Row(3000, .unauthenticated, "3000 unauthorized"), Row(3003, .permissionDenied, "3003 forbidden"),
        Row(3008, .deadlineExceeded, "3008 timeout"), Row(4000, .unknown, "4000"),
    ]

    /// Error codes of HTTP/2.
    public static let resets: [Row<UInt32>] = [
        Row(0, .internal, "0 NO_ERROR"), Row(1, .internal, "1 PROTOCOL_ERROR"), Row(2, .internal, "2 INTERNAL_ERROR"),
        Row(3, .internal, "3 FLOW_CONTROL_ERROR"), Row(4, .internal, "4 SETTINGS_TIMEOUT"),
        Row(5, .unknown, "5 STREAM_CLOSED"), Row(6, .internal, "6 FRAME_SIZE_ERROR"),
        Row(7, .unavailable, "7 REFUSED_STREAM"), Row(8, .cancelled, "8 CANCEL"),
        Row(9, .internal, "9 COMPRESSION_ERROR"), Row(10, .internal, "10 CONNECT_ERROR"),
        Row(11, .resourceExhausted, "11 ENHANCE_YOUR_CALM"), Row(12, .permissionDenied, "12 INADEQUATE_SECURITY"),
        Row(13, .unknown, "13 HTTP_1_1_REQUIRED"), Row(99, .unknown, "99"),
    ]
}
