import Foundation
import ProtobufSchema
package import RPCCore

/// What a server says of a failed call in `grpc-status-details-bin`: a `google.rpc.Status` (google/rpc/status.proto), with
/// messages of google/rpc/error_details.proto in it, or any others.
///
/// At most ``limit`` of them, with ``fieldLimit`` fields each, of ``textLimit`` characters.
package struct StatusDetails: Sendable {
    package static let limit = 16
    static let fieldLimit = 32
    package static let textLimit = 500
    /// Bytes of a message that is not known.
    static let byteLimit = 128

    package private(set) var details: [StatusDetail] = []
    /// After what time the server wants to be called again (`RetryInfo`); `nil` where it does not say.
    package private(set) var retryDelay: Duration?

    /// - Parameters:
    ///   - value: The trailer, in base64.
    ///   - codec: What may know messages that google/rpc/error_details.proto does not have.
    /// - Returns: `nil` for what is no such message.
    package init?(base64 value: String, codec: (any MessageCodec)? = nil) {
        guard let bytes = BinaryMetadata.bytes(base64: value) else { return nil }
        let isRead = bytes.withUnsafeBytes { read($0, codec) }
        guard isRead else { return nil }
        // What is written for whoever uses the program goes before what is for who wrote it.
        let isLocalized: (StatusDetail) -> Bool = { $0.type == "google.rpc.LocalizedMessage" }
        details = details.filter(isLocalized) + details.filter { !isLocalized($0) }
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer, _ codec: (any MessageCodec)?) -> Bool {
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            // `details`, each a google.protobuf.Any.
            guard field.number == 3, let any = field.bytes, details.count < Self.limit else { continue }
            add(any, codec)
        }
        return !fields.isMalformed
    }

    private mutating func add(_ any: UnsafeRawBufferPointer, _ codec: (any MessageCodec)?) {
        var fields = ProtobufFields(any)
        var (type, value) = ("", UnsafeRawBufferPointer(start: nil, count: 0))
        while let field = fields.next() {
            if field.number == 1, let text = field.text { type = Self.bounded(text) }
            if field.number == 2, let bytes = field.bytes { value = bytes }
        }
        // What stands before the last slash says only where the type could be looked up.
        let name = type.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? type
        if name == "google.rpc.RetryInfo" { retryDelay = DetailReader.delay(in: value) }
        if let read = DetailReader.fields(of: name, in: value) {
            details.append(StatusDetail(name, Array(read.prefix(Self.fieldLimit))))
        } else if let content = codec?.value(of: value, ofType: name) {
            details.append(StatusDetail(name, of: content))
        } else {
            details.append(StatusDetail(name, [MetadataEntry("hex", Self.hex(value))], unread: [UInt8](value)))
        }
    }

    /// Scalars are counted: a single character may be as long as the whole.
    fileprivate static func bounded(_ text: String) -> String {
        let rest = text.unicodeScalars.dropFirst(textLimit)
        guard !rest.isEmpty else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(textLimit))) + "…"
    }

    private static func hex(_ bytes: UnsafeRawBufferPointer) -> String {
        let rest = bytes.count > byteLimit ? "… (\(bytes.count) bytes)" : ""
        return BinaryMetadata.hex(bytes.prefix(byteLimit)) + rest
    }
}

/// Reads the messages of google/rpc/error_details.proto.
private enum DetailReader {
    /// What a message says; `nil` for one that is not known, or that does not fit its definition.
    static func fields(of type: String, in bytes: UnsafeRawBufferPointer) -> [MetadataEntry]? {
        switch type {
        case "google.rpc.BadRequest": pairs(in: bytes, name: [1], value: 2)
        case "google.rpc.PreconditionFailure": pairs(in: bytes, name: [1, 2], value: 3)
        case "google.rpc.QuotaFailure": pairs(in: bytes, name: [1], value: 2)
        case "google.rpc.Help": pairs(in: bytes, name: [1], value: 2)
        case "google.rpc.LocalizedMessage": texts(in: bytes).map { [MetadataEntry($0[1] ?? "", $0[2] ?? "")] }
        case "google.rpc.RequestInfo": named(["request_id", "serving_data"], in: bytes)
        case "google.rpc.ResourceInfo":
            named(["resource_type", "resource_name", "owner", "description"], in: bytes)
        case "google.rpc.ErrorInfo": errorInfo(bytes)
        case "google.rpc.DebugInfo": debugInfo(bytes)
        case "google.rpc.RetryInfo": delay(in: bytes).map { [MetadataEntry("retry_delay", $0.text)] }
        default: nil
        }
    }

    /// `RetryInfo.retry_delay`, a google.protobuf.Duration; `nil` where there is none that can be waited for.
    static func delay(in bytes: UnsafeRawBufferPointer) -> Duration? {
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            guard field.number == 1, let bytes = field.bytes else { continue }
            var (parts, seconds, nanoseconds) = (ProtobufFields(bytes), 0 as Int64, 0 as Int64)
            while let part = parts.next() {
                if part.number == 1 { seconds = Int64(bitPattern: part.value) }
                if part.number == 2 { nanoseconds = Int64(bitPattern: part.value) }
            }
            // google/protobuf/duration.proto: 10,000 years, and less than a second more.
            guard !parts.isMalformed, (0...315_576_000_000).contains(seconds), (0..<1_000_000_000).contains(nanoseconds)
            else { return nil }
            return .seconds(seconds) + .nanoseconds(nanoseconds)
        }
        return nil
    }

    /// A message that is a list of messages in its field 1, each with what it is about, and what is said of it.
    private static func pairs(in bytes: UnsafeRawBufferPointer, name: [Int], value: Int) -> [MetadataEntry]? {
        var entries: [MetadataEntry] = []
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            guard field.number == 1, let bytes = field.bytes else { continue }
            guard let texts = texts(in: bytes) else { return nil }
            let names = name.compactMap { texts[$0] }.filter { !$0.isEmpty }
            if entries.count < StatusDetails.fieldLimit {
                entries.append(MetadataEntry(names.joined(separator: " "), texts[value] ?? ""))
            }
        }
        return fields.isMalformed ? nil : entries
    }

    /// A message of texts, whose fields have these names from number 1 on. Those that are empty are left out.
    private static func named(_ names: [String], in bytes: UnsafeRawBufferPointer) -> [MetadataEntry]? {
        texts(in: bytes).map { texts in
            names.enumerated().compactMap { index, name in
                texts[index + 1].flatMap { $0.isEmpty ? nil : MetadataEntry(name, $0) }
            }
        }
    }

    private static func errorInfo(_ bytes: UnsafeRawBufferPointer) -> [MetadataEntry]? {
        guard var entries = named(["reason", "domain"], in: bytes) else { return nil }
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            guard field.number == 3, let bytes = field.bytes, entries.count < StatusDetails.fieldLimit else { continue }
            guard let pair = texts(in: bytes) else { return nil }
            entries.append(MetadataEntry(pair[1] ?? "", pair[2] ?? ""))
        }
        return entries
    }

    private static func debugInfo(_ bytes: UnsafeRawBufferPointer) -> [MetadataEntry]? {
        var entries: [MetadataEntry] = []
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            guard let text = field.text else { return nil }
            guard entries.count < StatusDetails.fieldLimit, field.number <= 2 else { continue }
            entries.append(MetadataEntry(field.number == 1 ? "stack" : "detail", StatusDetails.bounded(text)))
        }
        return fields.isMalformed ? nil : entries
    }

    /// The fields of a message that are texts; `nil` for what is no message.
    private static func texts(in bytes: UnsafeRawBufferPointer) -> [Int: String]? {
        var texts: [Int: String] = [:]
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            guard field.number < 8, field.bytes != nil, let text = field.text else { continue }
            texts[field.number] = StatusDetails.bounded(text)
        }
        return fields.isMalformed ? nil : texts
    }
}
