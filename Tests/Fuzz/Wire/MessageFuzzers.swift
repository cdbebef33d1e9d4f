import Foundation
import GRPCWire
import Greeter
import NIOCore
import RPCCore

extension Fuzzer {
    /// Messages of gRPC, whole and cut: they are the same either way, within the limit, and nothing more is kept than one of them.
    package static let messages = Fuzzer(
        "messages", reaching: ["message", "reply", "inflated", "refused INTERNAL", "refused RESOURCE_EXHAUSTED"]
    ) { input in
        let limit = 1 + input.number()
        var cutter = Cutter(max(1, input.byte()))
        let bytes = input.remaining()
        let whole = try MessageLog(limit: limit, pieces: [bytes[...]])
        let cut = try MessageLog(limit: limit, pieces: cutter.pieces(of: bytes))
        try hold(whole.messages == cut.messages, "other messages where they are cut")
        try hold(whole.error == cut.error, "\(String(describing: whole.error)) or \(String(describing: cut.error))")
        return whole.landmarks
    }

    /// The details of a status, in base64 and before it.
    package static let statusDetails = Fuzzer(
        "status-details", reaching: ["details", "retry delay", "unknown type", "refused"]
    ) { input in
        let bytes = input.remaining()
        // What comes is text, and need not be base64.
        _ = StatusDetails(base64: String(decoding: bytes, as: UTF8.self))
        guard let details = StatusDetails(base64: Data(bytes).base64EncodedString()) else { return ["refused"] }
        var landmarks: Set<String> = []
        try hold(details.details.count <= StatusDetails.limit, "\(details.details.count) details")
        for detail in details.details {
            landmarks.insert(detail.fields.first?.name == "hex" ? "unknown type" : "details")
            try hold(detail.fields.count <= 32, "\(detail.fields.count) fields")
            let texts = [detail.type] + detail.fields.flatMap { [$0.name, $0.value] }
            // Two texts of 500 may be put together.
            for text in texts { try hold(text.unicodeScalars.count <= 1003, "a text of \(text.unicodeScalars.count)") }
        }
        if let delay = details.retryDelay {
            landmarks.insert("retry delay")
            try hold(delay >= .zero, "a delay of \(delay)")
            _ = delay.asWait
        }
        return landmarks
    }

    /// JSON by the letter, and the scanner that trusts it.
    package static let json = Fuzzer("json", reaching: ["JSON", "fault", "names"]) { input in
        let bytes = input.remaining()
        return try bytes.withUnsafeBytes { bytes in
            let names = JSONScanner.names(inObject: bytes)
            var scanner = JSONScanner(bytes)
            _ = scanner.rawValue()
            if let fault = JSONCheck.fault(in: bytes) {
                try hold((0...bytes.count).contains(fault.offset), "a fault at \(fault.offset) of \(bytes.count)")
                return ["fault"]
            }
            guard bytes.first != 0xEF else { return ["JSON"] }
            try hold(scanner.isAtEnd, "a value of JSON is not gone past whole")
            guard let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), first == UInt8(ascii: "{")
            else { return ["JSON"] }
            try hold(names != nil, "an object without its names")
            return ["JSON", "names"]
        }
    }
}

/// What is read of a stream of messages.
private struct MessageLog {
    private(set) var messages: [[UInt8]] = []
    private(set) var error: CallError?
    private(set) var landmarks: Set<String> = []

    init(limit: Int, pieces: [ArraySlice<UInt8>]) throws {
        var reader = MessageReader(limit: limit)
        for piece in pieces where error == nil {
            var finding: (any Error)?
            do throws(CallError) {
                try reader.read(ByteBuffer(bytes: piece)) { isCompressed, message throws(CallError) in
                    do {
                        try take(isCompressed, message, limit)
                    } catch let error as CallError {
                        throw error
                    } catch {
                        finding = finding ?? error
                    }
                }
            } catch {
                self.error = error
                landmarks.insert("refused \(error.code.name)")
            }
            if let finding { throw finding }
            let most = 2 * (limit + 5 + piece.count) + 256
            try hold(reader.heldBytes <= most, "\(reader.heldBytes) bytes are kept of messages of at most \(limit)")
        }
    }

    private mutating func take(_ isCompressed: Bool, _ message: UnsafeRawBufferPointer, _ limit: Int) throws {
        try hold(message.count <= limit, "a message of \(message.count) bytes, where \(limit) are accepted")
        landmarks.insert("message")
        guard isCompressed else {
            messages.append(Array(message))
            return try read(message)
        }
        let plain = try MessageCompression.inflate(message, limit: limit)
        try hold(plain.count <= limit, "\(plain.count) bytes are decompressed, where \(limit) are accepted")
        landmarks.insert("inflated")
        messages.append(plain)
    }

    /// A reply that can be read is the same when it is written and read again.
    private mutating func read(_ message: UnsafeRawBufferPointer) throws {
        let reply = Greeter.reply.value(of: message, as: .protobuf)
        try hold((reply != nil) == Greeter.reply.fits(message, as: .protobuf), "a message fits, or cannot be read")
        guard let reply else { return }
        landmarks.insert("reply")
        let again = Payload(reply, Greeter.reply, .protobuf).value
        try hold(again == reply, "\(reply) becomes \(String(describing: again))")
    }
}
