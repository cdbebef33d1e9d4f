package import FuzzedWire
import GRPCWire
import NIOCore
import RPCCore

@testable import GRPCTransport
@testable import HTTP2Session

extension Fuzzer {
    /// Answers of a gRPC server: header blocks, messages and an end, and the verdict on them.
    ///
    /// After a byte for what there is, the fields of each block, and then pieces of the body.
    package static let answers = Fuzzer(
        "answers",
        reaching: ["OK", "status", "details", "pushback", "no gRPC", "refused", "trailers", "message"]
    ) { input in
        let what = input.byte()
        let failure = try StreamFailure(failure: GRPCFailure(context: context.get(), method: "a.B/C"), kind: .unary)
        var (reader, landmarks) = (AnswerReader(limit: 1000), Set<String>())
        reader.head = block(&input, endsStream: what & 1 != 0)
        if what & 1 == 0, what & 2 != 0 { reader.trailers = block(&input, endsStream: true) }
        do throws(CallError) {
            while !input.isEmpty {
                try reader.read(ByteBuffer(bytes: input.piece())) { message throws(CallError) in
                    if message.count <= 1000 { landmarks.insert("message") }
                }
            }
        } catch {
            landmarks.insert("refused")
            try check(error)
        }
        try hold(reader.text.utf8.count <= 256 + 3 * 256, "a text of \(reader.text.utf8.count) bytes is kept")
        let verdict = failure.verdict(on: .complete, reader)
        let last = (what & 1 != 0 ? reader.head : reader.trailers)?.headers
        if let error = verdict.error {
            try check(error)
            try hold(error.details.count <= StatusDetails.limit, "\(error.details.count) details")
            landmarks.insert(last?["grpc-status"] == nil ? "no gRPC" : "status")
            if !error.details.isEmpty { landmarks.insert("details") }
            if error.pushback != nil { landmarks.insert("pushback") }
        } else {
            try hold(last?.values(of: "grpc-status").allSatisfy { Int($0) == 0 } == true, "OK without a status of 0")
            try hold(!reader.isInMessage, "OK within a message")
            landmarks.insert("OK")
        }
        if !verdict.trailers.isEmpty { landmarks.insert("trailers") }
        return landmarks
    }

    private static let context = Result {
        try GRPCTransport(
            server: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 1), configuration: GRPCConfiguration()
        ).makeContext(metadata: [], service: nil)
    }

    private static let names = [
        ":status", "content-type", "grpc-status", "grpc-message", "grpc-status-details-bin", "trace-bin",
        "grpc-encoding", "grpc-retry-pushback-ms", "retry-after", "x",
    ]

    private static func block(_ input: inout FuzzInput, endsStream: Bool) -> HTTP2HeaderBlock {
        var headers = HTTP2Headers()
        for _ in 0..<input.byte() % 16 {
            let name = names[Int(input.byte()) % names.count]
            headers.add(name, String(decoding: input.piece(), as: UTF8.self))
        }
        return HTTP2HeaderBlock(headers: headers, size: 0, encodedSize: 0, endsStream: endsStream)
    }

    private static func check(_ error: CallError) throws {
        try hold(error.code != .ok, "an error that is OK")
        try hold(!error.cause.isEmpty, "an error without words")
        try hold(error.cause.unicodeScalars.count <= 1000, "an error of \(error.cause.unicodeScalars.count) scalars")
        if case .wait(let time)? = error.pushback { try hold(time >= .zero, "a wait of \(time)") }
    }
}
