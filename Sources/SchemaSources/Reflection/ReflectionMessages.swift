import GRPCWire
import NIOCore
import ProtobufSchema
import RPCCore

/// A `ServerReflectionRequest` (grpc/reflection/v1/reflection.proto).
enum ReflectionQuestion: Hashable, Sendable {
    /// `list_services`.
    case services
    /// `file_by_filename`.
    case file(String)
    /// `file_containing_symbol`.
    case symbol(String)
    /// `all_extension_numbers_of_type`.
    case extensionNumbers(of: String)
    /// `file_containing_extension`.
    case fileOfExtension(of: String, number: Int)

    /// The request as bytes. It names no host.
    var bytes: [UInt8] {
        var buffer = ByteBuffer()
        switch self {
        case .services: buffer.writeField(7, "*")
        case .file(let name): buffer.writeField(3, name)
        case .symbol(let name): buffer.writeField(4, name)
        case .extensionNumbers(let type): buffer.writeField(6, type)
        case .fileOfExtension(let type, let number):
            var inner = ByteBuffer()
            inner.writeField(1, type)
            inner.writeField(2, value: UInt64(number))
            buffer.writeField(5, inner)
        }
        return Array(buffer.readableBytesView)
    }

    /// Reads a request that a server repeats; `nil` where it asks nothing.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var fields = ProtobufFields(bytes)
        var question: ReflectionQuestion?
        while let field = fields.next() {
            let text = String(decoding: field.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0), as: UTF8.self)
            switch field.number {
            case 3: question = .file(text)
            case 4: question = .symbol(text)
            case 5: question = field.bytes.flatMap { Self.fileOfExtension($0) }
            case 6: question = .extensionNumbers(of: text)
            case 7: question = .services
            default: break
            }
        }
        guard let question, !fields.isMalformed else { return nil }
        self = question
    }

    private static func fileOfExtension(_ bytes: UnsafeRawBufferPointer) -> ReflectionQuestion {
        var fields = ProtobufFields(bytes)
        var (type, number) = ("", 0)
        while let field = fields.next() {
            if field.number == 1 { type = field.text ?? "" }
            if field.number == 2 { number = Int(clamping: field.value) }
        }
        return .fileOfExtension(of: type, number: number)
    }
}

extension ReflectionQuestion: CustomStringConvertible {
    /// As the protocol calls it: `file_by_filename demo/v1/library.proto`.
    var description: String {
        switch self {
        case .services: "list_services"
        case .file(let name): "file_by_filename \(name)"
        case .symbol(let name): "file_containing_symbol \(name)"
        case .extensionNumbers(let type): "all_extension_numbers_of_type \(type)"
        case .fileOfExtension(let type, let number): "file_containing_extension \(number) of \(type)"
        }
    }
}

/// A `ServerReflectionResponse`.
struct ReflectionAnswer: Sendable {
    enum Content: Sendable {
        case services([String])
        case files([[UInt8]])
        case numbers([Int])
        case error(code: Int, text: String)
        /// None of those that the protocol has.
        case nothing
    }

    /// What it answers, as the server says; `nil` where it does not.
    private(set) var question: ReflectionQuestion?
    private(set) var content = Content.nothing

    /// - Returns: `nil` for bytes that are no such message.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.withUnsafeBytes({ read($0) }) else { return nil }
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            guard (2...7).contains(field.number) else { continue }
            guard let bytes = field.bytes else { return false }
            switch field.number {
            case 2: question = ReflectionQuestion(bytes)
            case 4: content = .files(Self.values(in: bytes).compactMap { $0.bytes.map { Array($0) } })
            case 5: content = .numbers(Self.numbers(in: bytes))
            case 6: content = .services(Self.values(in: bytes).map { $0.bytes.map(Self.name) ?? "" })
            case 7: content = Self.error(bytes)
            default: break
            }
        }
        return !fields.isMalformed
    }

    /// The values of the field 1.
    private static func values(in bytes: UnsafeRawBufferPointer) -> [ProtobufFields.Field] {
        var fields = ProtobufFields(bytes)
        var values: [ProtobufFields.Field] = []
        while let field = fields.next() { if field.number == 1 { values.append(field) } }
        return values
    }

    /// Of a `ServiceResponse`.
    private static func name(_ bytes: UnsafeRawBufferPointer) -> String {
        values(in: bytes).last?.bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Of an `ExtensionNumberResponse`, packed or not.
    private static func numbers(in bytes: UnsafeRawBufferPointer) -> [Int] {
        var fields = ProtobufFields(bytes)
        var numbers: [Int] = []
        while let field = fields.next() {
            guard field.number == 2 else { continue }
            guard let packed = field.bytes else {
                numbers.append(Int(clamping: field.value))
                continue
            }
            var (value, shift) = (0, 0)
            for byte in packed where shift < 35 {
                value |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 {
                    numbers.append(value)
                    (value, shift) = (0, 0)
                }
            }
        }
        return numbers
    }

    private static func error(_ bytes: UnsafeRawBufferPointer) -> Content {
        var fields = ProtobufFields(bytes)
        var (code, text) = (0, "")
        while let field = fields.next() {
            if field.number == 1 { code = Int(clamping: field.value) }
            if field.number == 2, let bytes = field.bytes { text = String(decoding: bytes, as: UTF8.self) }
        }
        return .error(code: code, text: text)
    }
}

extension ReflectionAnswer.Content {
    /// The field of the protocol that it comes in.
    var name: String {
        switch self {
        case .services: "list_services_response"
        case .files: "file_descriptor_response"
        case .numbers: "all_extension_numbers_response"
        case .error: "error_response"
        case .nothing: "an answer without content"
        }
    }
}
