public import RPCCore

/// Declarations as they are written in a `.proto` file, with their comments. Not yet made safe for a terminal.
public struct ProtoSource {
    private typealias Line = [Declaration.Part]

    private let schema: Schema
    private var lines: [Line] = []
    private var comments: [[Int32]: Comments] = [:]
    private var scope = ""

    /// The declaration of a symbol, by its full name: a service, a method, a message, a field, an enum, or a value of one.
    /// - Returns: `nil` where there is none of that name.
    public static func text(of name: String, in schema: Schema) -> String? { declaration(of: name, in: schema)?.text }

    /// The same, with the types that can be looked up in turn.
    public static func declaration(of name: String, in schema: Schema) -> Declaration? {
        var source = ProtoSource(schema: schema)
        guard source.append(name) else { return nil }
        return Declaration(name, source.lines)
    }

    private init(schema: Schema) {
        self.schema = schema
    }

    private mutating func append(_ name: String) -> Bool {
        if let service = schema.service(name) {
            begin(service.file, scope: service.fullName)
            append(service)
        } else if let message = schema.message(name) {
            begin(message.file, scope: message.fullName)
            append(message, indent: "")
        } else if let definition = schema.enumeration(name) {
            begin(definition.file, scope: definition.fullName)
            append(definition, indent: "")
        } else {
            return appendMember(name)
        }
        return true
    }

    /// Something that is declared within another thing.
    private mutating func appendMember(_ name: String) -> Bool {
        guard let dot = name.lastIndex(where: { $0 == "." || $0 == "/" }) else { return false }
        let (owner, member) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
        if let service = schema.service(owner), let method = service.methods.first(where: { $0.name == member }) {
            begin(service.file, scope: owner)
            append(method, indent: "")
        } else if let message = schema.message(owner), let field = message.field(named: member) {
            begin(message.file, scope: owner)
            append(field, of: message, indent: "")
        } else if let definition = schema.enumeration(owner),
            let value = definition.values.firstIndex(where: { $0.name == member })
        {
            begin(definition.file, scope: owner)
            append(value, of: definition, indent: "")
        } else {
            return false
        }
        return true
    }

    private mutating func begin(_ file: String, scope: String) {
        self.scope = scope
        comments = schema.files.first { $0.name == file }.map(Comments.all) ?? [:]
        lines.append([.comment("// \(scope), \(file)")])
    }

    // MARK: Comments

    private mutating func appendLeading(_ path: [Int32], indent: String) {
        guard let comments = comments[path] else { return }
        for detached in comments.detached {
            append(comment: detached, indent: indent)
            lines.append([])
        }
        if let leading = comments.leading { append(comment: leading, indent: indent) }
    }

    private mutating func append(comment: String, indent: String) {
        var text = comment.split(separator: "\n", omittingEmptySubsequences: false)
        while text.last?.allSatisfy(\.isWhitespace) == true { text.removeLast() }
        for line in text {
            lines.append([.comment("\(indent)//\(line.first == " " || line.isEmpty ? "" : " ")\(line)")])
        }
    }

    /// A line of one declaration, with the comment that follows it.
    private mutating func append(_ line: Line, _ path: [Int32], problem: String? = nil) {
        let trailing = comments[path]?.trailing?.split(separator: "\n").map { $0.trimmingSpace() } ?? []
        var line = line
        if !trailing.isEmpty { line.append(.comment("  // \(trailing.joined(separator: " "))")) }
        if let problem { line.append(.problem("\(trailing.isEmpty ? "  //" : "") UNUSABLE: \(problem)")) }
        lines.append(line)
    }

    private mutating func append(_ text: String, _ path: [Int32], problem: String? = nil) {
        append([.text(text)], path, problem: problem)
    }

    /// The name of a type, to be followed where it is declared.
    private func reference(to name: String) -> Declaration.Part {
        schema.message(name) != nil || schema.enumeration(name) != nil ? .type(name) : .text(name)
    }

    // MARK: Services

    private mutating func append(_ service: ServiceDescriptor) {
        appendLeading(service.path, indent: "")
        append("service \(service.name) {", service.path, problem: service.problem)
        for (index, method) in service.methods.enumerated() {
            if index > 0, comments[method.path] != nil { lines.append([]) }
            append(method, indent: "  ")
        }
        lines.append([.text("}")])
    }

    private mutating func append(_ method: MethodDescriptor, indent: String) {
        appendLeading(method.path, indent: indent)
        let head: Line = [
            .text("\(indent)rpc \(method.name)(\(method.kind.streamsRequests ? "stream " : "")"),
            reference(to: method.input), .text(") returns (\(method.kind.streamsReplies ? "stream " : "")"),
            reference(to: method.output),
        ]
        let routes = method.routes
        guard !routes.isEmpty else { return append(head + [.text(");")], method.path, problem: method.problem) }
        append(head + [.text(") {")], method.path, problem: method.problem)
        for route in routes { lines.append([.comment("\(indent)  // \(route.text)")]) }
        lines.append([.text("\(indent)}")])
    }

    // MARK: Messages

    private mutating func append(_ message: MessageDescriptor, indent: String) {
        appendLeading(message.path, indent: indent)
        append("\(indent)message \(message.name) {", message.path, problem: message.problem)
        let inner = indent + "  "
        if message.isDeprecated { lines.append([.text("\(inner)option deprecated = true;")]) }
        var written: Set<Int> = []
        for field in message.fields.filter({ !$0.isExtension }) {
            guard let oneof = field.oneof, !message.oneofs[oneof].isSynthetic else {
                append(field, of: message, indent: inner)
                continue
            }
            guard written.insert(oneof).inserted else { continue }
            appendLeading(message.path + [8, Int32(clamping: oneof)], indent: inner)
            append("\(inner)oneof \(message.oneofs[oneof].name) {", message.path + [8, Int32(clamping: oneof)])
            for field in message.fields where field.oneof == oneof && !field.isExtension {
                append(field, of: message, indent: inner + "  ")
            }
            lines.append([.text("\(inner)}")])
        }
        for field in message.fields.filter(\.isExtension) {
            lines.append([.comment("\(inner)// extended by ")] + declaration(of: field, named: field.jsonName))
        }
        let prefix = message.fullName + "."
        for nested in schema.messages
        where nested.fullName.hasPrefix(prefix) && !nested.isMapEntry
            && !nested.fullName.dropFirst(prefix.count).contains(".")
        {
            lines.append([])
            append(nested, indent: inner)
        }
        for nested in schema.enums
        where nested.fullName.hasPrefix(prefix) && !nested.fullName.dropFirst(prefix.count).contains(".") {
            lines.append([])
            append(nested, indent: inner)
        }
        lines.append([.text("\(indent)}")])
    }

    private mutating func append(_ field: FieldDescriptor, of message: MessageDescriptor, indent: String) {
        let path = message.path + [2, field.index]
        appendLeading(path, indent: indent)
        append([.text(indent)] + declaration(of: field, named: field.name), path)
    }

    private func declaration(of field: FieldDescriptor, named name: String) -> Line {
        let label = field.isRequired ? "required " : field.isProto3Optional ? "optional " : ""
        var options: [String] = []
        if let text = field.defaultText {
            options.append("default = \(field.kind == .string || field.kind == .bytes ? "\"\(text)\"" : text)")
        }
        if !field.isExtension, field.jsonName != SchemaBuilder.jsonName(of: field.name) {
            options.append("json_name = \"\(field.jsonName)\"")
        }
        if field.isDeprecated { options.append("deprecated = true") }
        let suffix = options.isEmpty ? "" : " [\(options.joined(separator: ", "))]"
        return [.text(label)] + type(of: field) + [.text(" \(name) = \(field.number)\(suffix);")]
    }

    /// What ``Schema/typeText(of:)`` says, with the type that it names by itself.
    private func type(of field: FieldDescriptor) -> Line {
        let text = schema.typeText(of: field)
        let named = field.isMap ? schema.messages[field.type].field(number: 2)?.typeName ?? "" : field.typeName
        let end = field.isMap ? ">" : ""
        guard !named.isEmpty, text.hasSuffix(named + end) else { return [.text(text)] }
        return [.text(String(text.dropLast((named + end).count))), reference(to: named), .text(end)]
    }

    // MARK: Enums

    private mutating func append(_ definition: EnumDescriptor, indent: String) {
        appendLeading(definition.path, indent: indent)
        append("\(indent)enum \(definition.name) {", definition.path, problem: definition.problem)
        for value in definition.values.indices { append(value, of: definition, indent: indent + "  ") }
        lines.append([.text("\(indent)}")])
    }

    private mutating func append(_ index: Int, of definition: EnumDescriptor, indent: String) {
        let (value, path) = (definition.values[index], definition.path + [2, Int32(clamping: index)])
        appendLeading(path, indent: indent)
        append("\(indent)\(value.name) = \(value.number)\(value.isDeprecated ? " [deprecated = true]" : "");", path)
    }
}

extension Substring {
    fileprivate func trimmingSpace() -> String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
