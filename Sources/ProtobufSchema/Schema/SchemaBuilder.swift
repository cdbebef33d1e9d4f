import RPCCore

/// Makes the tables of a ``Schema``: first every name is known, then names are looked up, then extensions find their messages, and
/// at last it is known which methods can be called.
struct SchemaBuilder {
    private(set) var files: [DescriptorFile]
    private(set) var messages: [MessageDescriptor] = []
    private(set) var enums: [EnumDescriptor] = []
    private(set) var services: [ServiceDescriptor] = []
    private(set) var problems: [SchemaProblem] = []
    private(set) var symbols: [String: Schema.Symbol] = [:]
    private(set) var extensions: [String: (message: Int, number: Int)] = [:]

    private var declaredMessages: [Declared<RawMessage>] = []
    private var declaredEnums: [Declared<RawEnum>] = []
    private var declaredServices: [Declared<RawService>] = []
    private var declaredExtensions: [Declared<RawFieldDescriptor>] = []
    private var counts = (fields: 0, values: 0, methods: 0)

    /// What a file declares, with its place.
    private struct Declared<Raw> {
        var raw: Raw
        var fullName: String
        var scope: String
        var file: String
        var path: [Int32]
        var features: Features
        var isProto3: Bool
        var problem: String?
    }

    /// What may still be looked up, in bytes of names.
    private var lookups: Int

    init(_ files: [DescriptorFile], lookups: Int) {
        self.files = files
        self.lookups = lookups
    }

    mutating func build() {
        declareFiles()
        for declared in declaredEnums { enums.append(descriptor(of: declared)) }
        let added = resolveExtensions()
        for index in declaredMessages.indices { messages.append(descriptor(index, added[index] ?? [])) }
        let unusable = unusableMessages()
        for declared in declaredServices { services.append(descriptor(of: declared, unusable)) }
    }

    // MARK: What is declared

    private mutating func declareFiles() {
        var names: [String: DescriptorFile] = [:]
        for (index, file) in files.enumerated() {
            guard index < SchemaLimits.files else {
                problem(file.name, "", "there are more than \(SchemaLimits.files) files")
                break
            }
            if let first = names.updateValue(file, forKey: file.name) {
                if first != file { problem(file.name, "", "there are two files of this name, which differ") }
                continue
            }
            do throws(WireFault) {
                try declare(RawFile(file.bytes))
            } catch {
                problem(file.name, "", "cannot be read: \(error)")
            }
        }
    }

    private mutating func declare(_ file: RawFile) throws(WireFault) {
        guard let edition = file.edition, let defaults = Features(edition: edition) else {
            problem(
                file.name, "", "\(file.syntaxName) is not known; known are proto2, proto3, and editions 2023 and 2024")
            return
        }
        let features = try defaults.with(file.options, number: 50)
        let scope = Declared(
            raw: (), fullName: file.package, scope: file.package, file: file.name, path: [], features: features,
            isProto3: file.isProto3)
        if !file.package.isEmpty,
            !file.package.isDottedName
        {
            problem(file.name, "", "the package's name is none")
            return
        }
        try declare(
            messages: file.messages, enums: file.enums, extensions: file.extensions, in: scope, numbers: (4, 5, 7))
        for (index, service) in file.services.enumerated() {
            let declared = place(service, service.name, in: scope, at: 6, index)
            guard register(declared, .service(declaredServices.count), limit: SchemaLimits.services) else { continue }
            declaredServices.append(declared)
        }
    }

    /// - Parameter numbers: Under which the container has messages, enums and extensions.
    private mutating func declare<Container>(
        messages: [RawMessage], enums: [RawEnum], extensions: [RawFieldDescriptor], in scope: Declared<Container>,
        numbers: (message: Int32, enumeration: Int32, extension: Int32)
    ) throws(WireFault) {
        for (index, raw) in enums.enumerated() {
            var declared = place(raw, raw.name, in: scope, at: numbers.enumeration, index)
            declared.features = try declared.features.with(raw.options, number: 7)
            counts.values += raw.values.count
            if raw.values.count > SchemaLimits.valuesOfEnum || counts.values > SchemaLimits.enumValues {
                declared.problem = "there are too many values"
                declared.raw.values = []
            } else if raw.values.isEmpty {
                declared.problem = "an enum needs a value"
            } else if let bad = raw.values.first(where: { !$0.name.isIdentifier }) {
                declared.problem = "'\(bad.name)' is no name of a value"
            }
            guard register(declared, .enum(declaredEnums.count), limit: SchemaLimits.enumValues) else { continue }
            note(declared)
            declaredEnums.append(declared)
        }
        for (index, raw) in extensions.enumerated() {
            declaredExtensions.append(place(raw, raw.name, in: scope, at: numbers.extension, index))
        }
        for (index, raw) in messages.enumerated() {
            var declared = place(raw, raw.name, in: scope, at: numbers.message, index)
            declared.features = try declared.features.with(raw.options, number: 12)
            if raw.isTooDeep {
                problem(
                    declared.file, declared.fullName,
                    "types are declared more than \(SchemaLimits.nesting) deep in one another")
            }
            guard register(declared, .message(declaredMessages.count), limit: SchemaLimits.messages) else { continue }
            declared.raw.messages = []
            declared.raw.enums = []
            declaredMessages.append(declared)
            try declare(
                messages: raw.messages, enums: raw.enums, extensions: raw.extensions, in: declared, numbers: (3, 4, 6))
        }
    }

    private func place<Container, Raw>(
        _ raw: Raw, _ name: String, in scope: Declared<Container>, at number: Int32, _ index: Int
    ) -> Declared<Raw> {
        Declared(
            raw: raw, fullName: scope.fullName.isEmpty ? name : "\(scope.fullName).\(name)", scope: scope.fullName,
            file: scope.file, path: scope.path + [number, Int32(clamping: index)], features: scope.features,
            isProto3: scope.isProto3)
    }

    /// - Returns: whether it can be known by its name.
    private mutating func register<Raw>(_ declared: Declared<Raw>, _ symbol: Schema.Symbol, limit: Int) -> Bool {
        let index =
            switch symbol {
            case .message(let index), .enum(let index), .service(let index): index
            }
        let name = declared.fullName.dropFirst(declared.scope.isEmpty ? 0 : declared.scope.count + 1)
        if !name.isIdentifier || name.utf8.count > SchemaLimits.name
            || declared.fullName.utf8.count > SchemaLimits.fullName
        {
            problem(declared.file, declared.fullName, "the name is none that can be used")
        } else if symbols[declared.fullName] != nil {
            problem(declared.file, declared.fullName, "it is declared twice; the first one counts")
        } else if index >= limit {
            problem(declared.file, declared.fullName, "there are more than \(limit) of its kind")
        } else {
            symbols[declared.fullName] = symbol
            return true
        }
        return false
    }

    private mutating func problem(_ file: String, _ symbol: String, _ reason: String) {
        problems.append(SchemaProblem(file: file, symbol: symbol, reason: reason))
    }

    private mutating func note<Raw>(_ declared: Declared<Raw>) {
        if let reason = declared.problem { problem(declared.file, declared.fullName, reason) }
    }

    // MARK: Names

    /// What a name stands for, in a scope: one with a leading dot as it is, another from the inside out.
    private mutating func symbol(_ name: String, in scope: String) -> (name: String, symbol: Schema.Symbol)? {
        if name.hasPrefix(".") {
            let name = String(name.dropFirst())
            return symbols[name].map { (name, $0) }
        }
        var scope = scope[...]
        while lookups > 0 {
            let full = scope.isEmpty ? name : "\(scope).\(name)"
            lookups -= full.utf8.count
            if let symbol = symbols[full] { return (full, symbol) }
            if scope.isEmpty { return nil }
            scope = scope.lastIndex(of: ".").map { scope[..<$0] } ?? ""
        }
        return nil
    }

    /// Extensions by the message that they extend.
    private mutating func resolveExtensions() -> [Int: [FieldSource]] {
        var added: [Int: [FieldSource]] = [:]
        for declared in declaredExtensions {
            guard case (_, .message(let index))? = symbol(declared.raw.extendee, in: declared.scope) else {
                problem(declared.file, declared.fullName, "it extends \(declared.raw.extendee), which is not defined")
                continue
            }
            guard declared.raw.name.isIdentifier, extensions[declared.fullName] == nil else { continue }
            extensions[declared.fullName] = (index, declared.raw.number)
            added[index, default: []].append(FieldSource(declared))
        }
        return added
    }

    // MARK: Messages

    /// A field before its names are looked up.
    private struct FieldSource {
        var raw: RawFieldDescriptor
        var scope: String
        var file: String
        /// Of an extension: its full name.
        var fullName: String?
        var features: Features
        var isProto3: Bool

        init(_ declared: Declared<RawFieldDescriptor>) {
            self.init(declared.raw, in: declared)
            scope = declared.scope
            fullName = declared.fullName
        }

        init<Container>(_ raw: RawFieldDescriptor, in container: Declared<Container>) {
            self.raw = raw
            scope = container.fullName
            file = container.file
            features = container.features
            isProto3 = container.isProto3
        }
    }

    private mutating func descriptor(_ index: Int, _ extensions: [FieldSource]) -> MessageDescriptor {
        let declared = declaredMessages[index]
        var sources = declared.raw.fields.map { FieldSource($0, in: declared) }
        var reason: String?
        if sources.count > SchemaLimits.fieldsOfMessage || counts.fields + sources.count > SchemaLimits.fields {
            reason = "there are too many fields"
            sources = []
        }
        counts.fields += sources.count
        var (fields, numbers): ([FieldDescriptor], Set<Int>) = ([], [])
        if declared.raw.isMapEntry, !isMapEntry(index) {
            problem(
                declared.file, declared.fullName, "it is marked as the entry of a map, and is none; it is a message")
        }
        separateNames(of: &sources, declared.fullName)
        for (index, source) in (sources + extensions).enumerated() {
            do throws(SchemaError) {
                guard numbers.insert(source.raw.number).inserted else {
                    throw SchemaError("number \(source.raw.number) is given twice")
                }
                fields.append(try field(source, at: index, of: declared))
            } catch {
                let name = source.fullName ?? "\(declared.fullName).\(source.raw.name)"
                problem(source.file, name, error.message)
                if source.fullName == nil { reason = reason ?? "field \(source.raw.name): \(error.message)" }
            }
        }
        let oneofs = declared.raw.oneofs.enumerated().map { index, oneof in
            OneofDescriptor(
                name: oneof.name, isSynthetic: fields.contains { $0.oneof == index && $0.isProto3Optional })
        }
        return MessageDescriptor(
            fullName: declared.fullName, file: declared.file, path: declared.path,
            fields: fields.sorted { $0.number < $1.number }, oneofs: oneofs, raw: declared.raw, problem: reason)
    }

    /// Two fields of one name would be lost in JSON: of those, the one that is called so keeps it, or the first, and the others have
    /// their original names there.
    private mutating func separateNames(of sources: inout [FieldSource], _ message: String) {
        let places = Dictionary(grouping: sources.indices) { place in
            sources[place].raw.jsonName ?? Self.jsonName(of: sources[place].raw.name)
        }
        for (name, places) in places.filter({ $0.value.count > 1 }).sorted(by: { $0.key < $1.key }) {
            let owner = places.first { sources[$0].raw.name == name } ?? places[0]
            for place in places where place != owner {
                let own = sources[place].raw.name
                sources[place].raw.jsonName = own
                problem(
                    sources[place].file, "\(message).\(own)",
                    "its name in JSON, \(name), is that of \(sources[owner].raw.name), too; it has its own there")
            }
        }
    }

    private mutating func field(
        _ source: FieldSource, at index: Int, of message: Declared<RawMessage>
    ) throws(SchemaError) -> FieldDescriptor {
        var raw = source.raw
        guard raw.name.isIdentifier, raw.name.utf8.count <= SchemaLimits.name else {
            throw SchemaError("the name is none that can be used")
        }
        guard (1...536_870_911).contains(raw.number),
            !(19_000...19_999).contains(raw.number) || message.raw.isMessageSet
        else {
            throw SchemaError("\(raw.number) is no number of a field")
        }
        guard !raw.hasUnknownKind else { throw SchemaError("the type is not known") }
        guard (raw.defaultText?.utf8.count ?? 0) <= SchemaLimits.defaultValue else {
            throw SchemaError("the default value is too long")
        }
        if let oneof = raw.oneof, !message.raw.oneofs.indices.contains(oneof) {
            throw SchemaError("there is no oneof \(oneof)")
        }
        var (kind, type, typeName) = (raw.kind, 0, "")
        if kind == nil || kind?.isMessage == true || kind == .enum {
            guard let found = symbol(raw.typeName, in: source.scope) else {
                throw SchemaError(
                    raw.typeName.isEmpty
                        ? "there is no type"
                        : lookups <= 0
                            ? "type \(raw.typeName) was not looked up: there are too many names without a leading dot"
                            : "type \(raw.typeName) is not defined in \(source.file) or what it imports")
            }
            typeName = found.name
            switch found.symbol {
            case .message(let index) where kind != .enum: (kind, type) = (kind ?? .message, index)
            case .enum(let index) where kind == nil || kind == .enum: (kind, type) = (.enum, index)
            default: throw SchemaError("\(found.name) is of another kind than the field says")
            }
        }
        guard let kind else { throw SchemaError("there is no type") }
        if let text = raw.defaultText, raw.label == .repeated || !isDefault(text, of: kind, type) {
            raw.defaultText = nil
            problem(
                source.file, source.fullName ?? "\(message.fullName).\(raw.name)",
                "the default '\(text.prefix(64))' is none that it can have, and is passed over")
        }
        let isMap = raw.label == .repeated && kind == .message && isMapEntry(type)
        let features = try features(source)
        // The entries of a map have their length before them, whatever the file says.
        let isDelimited = !isMap && !message.raw.isMapEntry && (kind == .group || features.isDelimited)
        return FieldDescriptor(
            FieldDescriptor.Input(
                raw: raw, kind: kind, type: type, typeName: typeName,
                jsonName: source.fullName.map { "[\($0)]" } ?? raw.jsonName ?? Self.jsonName(of: raw.name),
                isMap: isMap,
                isDelimited: isDelimited, isExtension: source.fullName != nil,
                index: Int32(clamping: index), features: features))
    }

    /// Whether a text is a default as compilers write it.
    private func isDefault(_ text: String, of kind: FieldKind, _ type: Int) -> Bool {
        kind == .enum ? enums[type].number(of: text) != nil : kind.takesDefault(text)
    }

    private func isMapEntry(_ message: Int) -> Bool {
        let raw = declaredMessages[message].raw
        return raw.isMapEntry && raw.fields.map(\.number).sorted() == [1, 2]
            && raw.fields.allSatisfy { $0.label != .repeated && $0.oneof == nil }
            && raw.fields.contains { $0.number == 1 && ($0.kind.map(Self.canBeKey) ?? false) }
    }

    private static func canBeKey(_ kind: FieldKind) -> Bool {
        switch kind {
        case .double, .float, .bytes, .enum, .message, .group: false
        default: true
        }
    }

    /// The features of a field: those of the file and the message, what the field sets itself, and what older syntaxes say by
    /// other means.
    private func features(_ source: FieldSource) throws(SchemaError) -> Features {
        var features: Features
        do throws(WireFault) {
            features = try source.features.with(source.raw.options, number: 21)
        } catch {
            throw SchemaError("its options cannot be read: \(error)")
        }
        if let isPacked = source.raw.isPacked { features.packsRepeated = isPacked }
        if source.raw.label == .required { features.presence = .required }
        if source.raw.isProto3Optional { features.presence = .explicit }
        return features
    }

    /// The name in JSON where none is given: without underscores, the letter after one a capital.
    static func jsonName(of name: String) -> String {
        var (result, capitalizes) = ("", false)
        for scalar in name.unicodeScalars {
            if scalar == "_" {
                capitalizes = true
            } else {
                result += capitalizes && scalar.isASCII ? String(scalar).uppercased() : String(scalar)
                capitalizes = false
            }
        }
        return result
    }

    // MARK: Enums and services

    private func descriptor(of declared: Declared<RawEnum>) -> EnumDescriptor {
        EnumDescriptor(
            fullName: declared.fullName, file: declared.file, path: declared.path, values: declared.raw.values,
            isClosed: declared.features.hasClosedEnums, problem: declared.problem)
    }

    /// Messages that cannot be used, or hold one that cannot, each with the reason.
    private func unusableMessages() -> [Int: String] {
        var holders: [Int: [Int]] = [:]
        var reasons: [Int: String] = [:]
        for (index, message) in messages.enumerated() {
            for field in message.fields where field.kind.isMessage { holders[field.type, default: []].append(index) }
            let badEnum = message.fields.first { $0.kind == .enum && enums[$0.type].problem != nil }
            reasons[index] =
                message.problem.map { "\(message.fullName): \($0)" }
                ?? badEnum.map { "\($0.typeName): \(enums[$0.type].problem ?? "")" }
        }
        var open = Array(reasons.keys)
        while let index = open.popLast() {
            for holder in holders[index] ?? [] where reasons[holder] == nil {
                reasons[holder] = reasons[index]
                open.append(holder)
            }
        }
        return reasons
    }

    private mutating func descriptor(of declared: Declared<RawService>, _ unusable: [Int: String]) -> ServiceDescriptor
    {
        var methods: [MethodDescriptor] = []
        for (index, raw) in declared.raw.methods.enumerated() {
            counts.methods += 1
            guard counts.methods <= SchemaLimits.methods else {
                problem(declared.file, declared.fullName, "there are more than \(SchemaLimits.methods) methods")
                break
            }
            var reason: String?
            let (input, output) = (symbol(raw.input, in: declared.fullName), symbol(raw.output, in: declared.fullName))
            for (name, found) in [(raw.input, input), (raw.output, output)] where reason == nil {
                if case .message(let index)? = found?.symbol {
                    reason = unusable[index]
                } else {
                    reason = "\(name.isEmpty ? "a message" : name) is not defined"
                }
            }
            if !raw.name.isIdentifier || raw.name.utf8.count > SchemaLimits.name {
                reason = "the name is none that can be used"
            }
            if let reason { problem(declared.file, "\(declared.fullName).\(raw.name)", reason) }
            methods.append(
                MethodDescriptor(
                    name: raw.name, service: declared.fullName,
                    kind: raw.sendsStream
                        ? raw.receivesStream ? .bidirectional : .clientStream
                        : raw.receivesStream ? .serverStream : .unary,
                    input: input?.name ?? raw.input, output: output?.name ?? raw.output, problem: reason,
                    path: declared.path + [2, Int32(clamping: index)], options: raw.options))
        }
        return ServiceDescriptor(
            fullName: declared.fullName, file: declared.file, path: declared.path, methods: methods,
            problem: declared.problem)
    }
}
