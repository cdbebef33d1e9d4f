import ProtobufSchema
import RPCCore
import SchemaSources

/// What a server says of types of messages that come in its replies and errors, and that the definitions of their method do not have.
/// Each is asked for once.
///
/// Memory: ``limit`` names, and what the server has said of them, which its reflection keeps.
actor ServerTypes {
    /// So many types are asked for.
    static let limit = 64

    private let reflection: Reflection
    private var known: [String: [DescriptorFile]] = [:]
    /// Whether the server has shown that it does not say.
    private var isSilent = false

    /// - Parameter transport: On which nothing is recorded or tried again.
    /// - Returns: `nil` where the server cannot be asked, or is not to be.
    init?(
        _ options: SchemaOptions, over transport: any Transport, clock: any CallClock
    ) throws(Exit) {
        guard options.reflection != .off, transport.server.scheme.dialect == .grpc else { return nil }
        reflection = Reflection(
            over: transport, version: options.reflection.version,
            metadata: try options.reflectHeader.map { text throws(Exit) in try SchemaLoader.entry(text) }, clock: clock)
    }

    /// The files that define types, as far as the server knows them, with all that those import.
    func files(defining types: some Sequence<String>) async -> [DescriptorFile] {
        var files: [DescriptorFile] = []
        for type in types { files += await self.files(defining: type) }
        return files
    }

    private func files(defining type: String) async -> [DescriptorFile] {
        if let files = known[type] { return files }
        guard known.count < Self.limit, !isSilent else { return [] }
        do throws(CallError) {
            let files = try await reflection.schema(containing: type).files
            known[type] = files
            return files
        } catch {
            switch error.code {
            case .cancelled: break
            case .unimplemented, .unavailable, .deadlineExceeded, .unauthenticated, .permissionDenied,
                .failedPrecondition:
                isSilent = true
            default: known[type] = []
            }
            return []
        }
    }

    /// An error whose details say what they are, as far as the server knows their types.
    func explained(_ error: CallError) async -> CallError {
        var error = error
        for (index, detail) in error.details.enumerated() where !detail.unread.isEmpty && !detail.type.isEmpty {
            let schema = Schema(await files(defining: detail.type))
            guard let message = schema.message(detail.type) else { continue }
            let value = detail.unread.withUnsafeBytes {
                DynamicMessageCodec(message, in: schema).value(of: $0, as: .protobuf)
            }
            if let value { error.details[index] = StatusDetail(detail.type, of: value) }
        }
        return error
    }
}

/// Gives replies and errors, on their way up, the definitions of what is in them of types that their method does not know: who shows
/// or keeps them can read it.
struct TypeLookupInterceptor: CallInterceptor {
    let types: ServerTypes

    func intercept(_ call: Call, observer: any CallObserver, next: @escaping CallHandler) async -> CallOutcome {
        let explanation = OutcomeExplanation { [types] in await types.explained($0) }
        let observer = TypeLookupObserver(observer, types, explanation, of: call.method.output)
        return await explanation.explained(await next(call, observer))
    }
}

/// It is told of replies by one task, one batch after another.
private actor TypeLookupObserver: CallObserver {
    /// How deep `Any` in `Any` is followed in one batch.
    private static let depthLimit = 8

    private let observer: any CallObserver
    private let types: ServerTypes
    /// What knows all that is known now; `nil` where replies can have nothing unknown.
    private var codec: DynamicMessageCodec?
    private let isExtensible: Bool
    private var isExtended = false
    private var asked: Set<String> = []
    private let explanation: OutcomeExplanation

    init(
        _ observer: any CallObserver, _ types: ServerTypes, _ explanation: OutcomeExplanation,
        of output: any MessageCodec
    ) {
        (self.observer, self.types, self.explanation) = (observer, types, explanation)
        codec = output as? DynamicMessageCodec
        isExtensible = codec?.canHoldAny == true
    }

    nonisolated func observe(_ event: CallEvent) async {
        switch event {
        case .received(let messages) where isExtensible: await observer.observe(.received(await readable(messages)))
        case .attemptEnded(let error, let time):
            await observer.observe(.attemptEnded(await types.explained(error), at: time))
        case .ended(let outcome): await observer.observe(.ended(await explanation.explained(outcome)))
        default: await observer.observe(event)
        }
    }

    /// The messages with a codec that knows what is in them.
    private func readable(_ messages: [StreamMessage]) async -> [StreamMessage] {
        for _ in 0..<Self.depthLimit {
            guard let codec else { return messages }
            var unknown: Set<String> = []
            for message in messages where message.role == .response && message.payload.encoding == .protobuf {
                message.payload.message.withUnsafeBytes { unknown.formUnion(codec.unknownTypes(in: $0)) }
            }
            unknown.subtract(asked)
            guard !unknown.isEmpty, asked.count < ServerTypes.limit else { break }
            asked.formUnion(unknown)
            let extended = codec.extended(by: await types.files(defining: unknown.sorted()))
            guard extended !== codec else { break }
            (self.codec, isExtended) = (extended, true)
        }
        guard isExtended, let codec else { return messages }
        return messages.map { message in
            guard message.payload.codec is DynamicMessageCodec else { return message }
            var message = message
            message.payload = message.payload.read(by: codec)
            return message
        }
    }
}
