import GRPCWire
import NIOCore
import ProtobufSchema
import RPCCore

/// Server reflection v1 and v1alpha, whose messages are the same, as published in grpc/reflection, and read and written by hand.
struct ReflectionService: Sendable {
    private let index = DescriptorIndex(DemoSchema.schema)

    var methods: [String: GRPCMethod] {
        let method = GRPCMethod { call in
            call.replies.begin()
            while let questions = try await call.requests.next(Question.init) {
                for question in questions {
                    try call.replies.append { answer(question, &$0) }
                    if call.replies.isFull { try await call.replies.flush() }
                }
                try await call.replies.flush()
            }
            return []
        }
        return Dictionary(
            uniqueKeysWithValues: ["v1", "v1alpha"].map {
                ("/grpc.reflection.\($0).ServerReflection/ServerReflectionInfo", method)
            })
    }

    /// A `ServerReflectionRequest`.
    private struct Question {
        enum Subject {
            case file(String)
            case symbol(String)
            case `extension`(of: String, number: Int)
            case extensionNumbers(String)
            case services
        }

        /// As it came.
        var bytes: [UInt8]
        var host = ""
        /// `nil` where nothing is asked that is known here.
        var subject: Subject?

        init(_ bytes: UnsafeRawBufferPointer) throws(CallError) {
            self.bytes = Array(bytes)
            var fields = ProtobufFields(bytes)
            while let field = fields.next() {
                switch (field.number, field.text) {
                case (1, let host?): self.host = host
                case (3, let name?): subject = .file(name)
                case (4, let name?): subject = .symbol(name)
                case (5, _): subject = Self.extension(field.bytes)
                case (6, let name?): subject = .extensionNumbers(name)
                case (7, _): subject = .services
                default: break
                }
            }
            guard !fields.isMalformed else { throw CallError(.internal, "the request cannot be read", at: .decode) }
        }

        /// An `ExtensionRequest`.
        private static func `extension`(_ bytes: UnsafeRawBufferPointer?) -> Subject {
            var fields = ProtobufFields(bytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
            var (type, number) = ("", 0)
            while let field = fields.next() {
                if field.number == 1 { type = field.text ?? "" }
                if field.number == 2 { number = Int(clamping: field.value) }
            }
            return .extension(of: type, number: number)
        }
    }

    /// Writes a `ServerReflectionResponse`.
    private func answer(_ question: Question, _ response: inout ByteBuffer) {
        if !question.host.isEmpty { response.writeField(1, question.host) }
        response.writeField(2, question.bytes, count: question.bytes.count)
        switch question.subject {
        case .file(let name): write(index.file(named: name), "file '\(name)'", &response)
        case .symbol(let name): write(index.file(containing: name), "symbol '\(name)'", &response)
        case .extension(let name, let number):
            write(index.file(extending: name, number), "extension \(number) of '\(name)'", &response)
        case .extensionNumbers(let name) where index.isMessage(name):
            var numbers = ByteBuffer()
            numbers.writeField(1, name)
            for number in index.extensionNumbers(of: name) { numbers.writeField(2, value: UInt64(number)) }
            response.writeField(5, numbers)
        case .extensionNumbers(let name): writeError(.notFound, "There is no type '\(name)'", &response)
        case .services:
            var list = ByteBuffer()
            for name in index.services {
                var service = ByteBuffer()
                service.writeField(1, name)
                list.writeField(1, service)
            }
            response.writeField(6, list)
        case nil: writeError(.invalidArgument, "The request asks for nothing that is known here", &response)
        }
    }

    /// `FileDescriptorResponse`, or why there is none.
    private func write(_ file: [UInt8]?, _ what: String, _ response: inout ByteBuffer) {
        guard let file else { return writeError(.notFound, "There is no \(what)", &response) }
        var files = ByteBuffer()
        files.writeField(1, file, count: file.count)
        response.writeField(4, files)
    }

    private func writeError(_ code: StatusCode, _ message: String, _ response: inout ByteBuffer) {
        var error = ByteBuffer()
        error.writeField(1, value: UInt64(code.rawValue))
        error.writeField(2, message)
        response.writeField(7, error)
    }
}
