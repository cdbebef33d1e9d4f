/// The messages, enums and services of a set of files, looked up by name. It is checked once, when it is made: what cannot be used
/// says so by itself (``MessageDescriptor/problem`` and its like), and costs nothing else.
///
/// Memory: some hundred bytes a field, and the files as they came.
public final class Schema: Sendable {
    /// As they came, with those of ``WellKnownFiles`` that they import.
    public let files: [DescriptorFile]
    public let messages: [MessageDescriptor]
    public let enums: [EnumDescriptor]
    public let services: [ServiceDescriptor]
    /// What cannot be used, in the order of the files.
    public let problems: [SchemaProblem]
    /// Whether a message must have a field anywhere.
    var hasRequiredFields: Bool { !requiring.isEmpty }
    /// The messages that must have a field, or can hold one that must, in any depth.
    private let requiring: Set<ObjectIdentifier>
    private let holdingAny = Lazily<Set<ObjectIdentifier>>()
    let extensions: [String: (message: Int, number: Int)]

    private let symbols: [String: Symbol]

    enum Symbol {
        case message(Int), `enum`(Int), service(Int)
    }

    /// - Parameter files: In any order. A file of a name that ``WellKnownFiles`` has is passed over for the one there.
    public convenience init(_ files: [DescriptorFile]) {
        self.init(files, lookups: SchemaLimits.lookups)
    }

    /// - Parameter lookups: How much may be looked up by name, in bytes.
    package init(_ files: [DescriptorFile], lookups: Int) {
        var builder = SchemaBuilder(Self.complete(files), lookups: lookups)
        builder.build()
        self.files = builder.files
        messages = builder.messages
        enums = builder.enums
        services = builder.services
        problems = builder.problems
        symbols = builder.symbols
        extensions = builder.extensions
        requiring = Self.requiring(among: messages)
    }

    /// Whether a field can be missing in a message, or in one that it holds.
    func canLackFields(_ message: MessageDescriptor) -> Bool { requiring.contains(ObjectIdentifier(message)) }

    /// Whether a message is an `Any`, or can hold one, in any depth.
    func canHoldAny(_ message: MessageDescriptor) -> Bool {
        holdingAny { Self.holders(of: { $0.wellKnown == .any }, among: messages) }.contains(ObjectIdentifier(message))
    }

    private static func requiring(among messages: [MessageDescriptor]) -> Set<ObjectIdentifier> {
        holders(of: { $0.fields.contains(where: \.isRequired) }, among: messages)
    }

    /// The messages of a kind, and those that can hold one of it, in any depth.
    private static func holders(
        of kind: (MessageDescriptor) -> Bool, among messages: [MessageDescriptor]
    ) -> Set<ObjectIdentifier> {
        var found = Set(messages.indices.filter { kind(messages[$0]) })
        guard !found.isEmpty else { return [] }
        var holders: [Int: [Int]] = [:]
        for (index, message) in messages.enumerated() {
            for field in message.fields where field.kind.isMessage { holders[field.type, default: []].append(index) }
        }
        var left = Array(found)
        while let next = left.popLast() {
            left += (holders[next] ?? []).filter { found.insert($0).inserted }
        }
        return Set(found.map { ObjectIdentifier(messages[$0]) })
    }

    public func message(_ fullName: String) -> MessageDescriptor? {
        guard case .message(let index) = symbols[fullName] else { return nil }
        return messages[index]
    }

    public func enumeration(_ fullName: String) -> EnumDescriptor? {
        guard case .enum(let index) = symbols[fullName] else { return nil }
        return enums[index]
    }

    public func service(_ fullName: String) -> ServiceDescriptor? {
        guard case .service(let index) = symbols[fullName] else { return nil }
        return services[index]
    }

    /// The field that an extension adds to a message, by the extension's full name.
    func `extension`(_ fullName: String, of message: MessageDescriptor) -> FieldDescriptor? {
        guard let place = extensions[fullName], messages[place.message] === message else { return nil }
        return message.field(number: place.number)
    }

    /// The files by which a message can be read: its own and what that imports, in the order of ``files``. All of them where `Any`
    /// is among those, which may hold any message.
    func files(of message: MessageDescriptor) -> [DescriptorFile] {
        let known = Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var (needed, wanted): (Set<String>, [String]) = ([], [message.file])
        while let name = wanted.popLast() {
            if needed.insert(name).inserted { wanted += known[name]?.dependencies ?? [] }
        }
        return needed.contains("google/protobuf/any.proto") ? files : files.filter { needed.contains($0.name) }
    }

    /// The files, each once, with the well-known ones that are imported.
    private static func complete(_ files: [DescriptorFile]) -> [DescriptorFile] {
        var (known, seen): ([DescriptorFile], Set<String>) = ([], [])
        var wanted = files.flatMap { $0.dependencies + [$0.name] }
        while let name = wanted.popLast() {
            guard seen.insert(name).inserted, let file = WellKnownFiles.file(named: name) else { continue }
            known.append(file)
            wanted += file.dependencies
        }
        return known + files.filter { WellKnownFiles.file(named: $0.name) == nil }
    }
}
