public import RPCCore
import Synchronization

extension DynamicMessageCodec {
    public var shape: (any MessageShape)? { DynamicShape(descriptor, ShapeSource(schema)) }
}

/// What the shapes of one schema share: the schema, and the comments of its files as far as they were asked for.
private final class ShapeSource: Sendable {
    let schema: Schema
    private let comments = Mutex<[String: [[Int32]: Comments]]>([:])

    init(_ schema: Schema) {
        self.schema = schema
    }

    /// What is written beside a declaration, on one line.
    func comment(_ file: String, _ path: [Int32]) -> String {
        let comments = comments.withLock { known in
            if let comments = known[file] { return comments[path] }
            let all = schema.files.first { $0.name == file }.map(Comments.all) ?? [:]
            known[file] = all
            return all[path]
        }
        let texts = [comments?.leading, comments?.trailing].compactMap { $0 }
        return texts.joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Of messages that a program may write; entries of maps are none.
    var typeNames: [String] {
        schema.messages.filter { !$0.isMapEntry && $0.problem == nil }.map(\.fullName).sorted()
    }

    func value(of field: FieldDescriptor) -> ValueShape {
        switch field.kind {
        case .message, .group: .message(DynamicShape(schema.messages[field.type], self))
        case .enum: .enum(DynamicEnumShape(schema.enums[field.type], self))
        default: .scalar(field.kind.scalar)
        }
    }
}

/// A message of a schema, for who asks for it.
private final class DynamicShape: MessageShape {
    private let descriptor: MessageDescriptor
    private let source: ShapeSource

    init(_ descriptor: MessageDescriptor, _ source: ShapeSource) {
        self.descriptor = descriptor
        self.source = source
    }

    var name: String { descriptor.fullName }
    var comment: String { source.comment(descriptor.file, descriptor.path) }
    var wellKnown: WellKnownType? { descriptor.wellKnown }
    var count: Int { descriptor.fields.count }
    var oneofs: [String] { descriptor.oneofs.map(\.name) }
    var typeNames: [String] { source.typeNames }

    func type(_ name: String) -> (any MessageShape)? {
        guard let message = source.schema.message(name), message.problem == nil else { return nil }
        return DynamicShape(message, source)
    }

    func index(of name: String) -> Int? {
        guard let field = descriptor.field(named: name) else { return nil }
        if descriptor.fields.indices.contains(field.number - 1), descriptor.fields[field.number - 1] === field {
            return field.number - 1
        }
        return descriptor.fields.firstIndex { $0 === field }
    }

    func field(_ index: Int) -> FieldShape {
        let (field, schema) = (descriptor.fields[index], source.schema)
        var (key, held): (ScalarType?, FieldDescriptor) = (nil, field)
        if field.isMap {
            let entry = schema.messages[field.type]
            key = entry.field(number: 1)?.kind.scalar
            held = entry.field(number: 2) ?? field
        }
        return FieldShape(
            name: field.isExtension ? field.jsonName : field.name, jsonName: field.jsonName, number: field.number,
            typeText: schema.typeText(of: field), presence: field.presence, oneof: oneof(ofField: index), key: key,
            value: source.value(of: held), defaultText: field.defaultText, isDeprecated: field.isDeprecated)
    }

    func oneof(ofField index: Int) -> Int? {
        let field = descriptor.fields[index]
        return field.oneof.flatMap { descriptor.oneofs[$0].isSynthetic || field.isExtension ? nil : $0 }
    }

    func comment(ofField index: Int) -> String {
        let field = descriptor.fields[index]
        return field.isExtension ? "" : source.comment(descriptor.file, descriptor.path + [2, field.index])
    }

    func lines(ofUnknown text: String) -> [String] { UnknownFields.lines(of: text) }

    func fault(in json: [UInt8]) -> JSONMessageFault? {
        json.withUnsafeBytes { json in
            do throws(JSONMessageFault) {
                _ = try DynamicMessage(descriptor, json: json, in: source.schema)
                return nil
            } catch {
                return error
            }
        }
    }

    func fault(in json: [UInt8], ofField index: Int) -> JSONMessageFault? {
        let field = descriptor.fields[index]
        return json.withUnsafeBytes { json in
            var tokens = JSONTokens(json)
            tokens.path = [field.name]
            do throws(JSONMessageFault) {
                _ = try JSONMessageReader(schema: source.schema)
                    .content(field, &tokens, depth: DynamicMessage.maximumDepth)
                try tokens.expectEnd()
                return nil
            } catch {
                return error
            }
        }
    }
}

/// An enum of a schema, for who asks for it.
private final class DynamicEnumShape: EnumShape {
    private let definition: EnumDescriptor
    private let source: ShapeSource

    init(_ definition: EnumDescriptor, _ source: ShapeSource) {
        self.definition = definition
        self.source = source
    }

    var name: String { definition.fullName }
    var isClosed: Bool { definition.isClosed }
    var count: Int { definition.values.count }

    func value(_ index: Int) -> (name: String, number: Int32, isAlias: Bool) {
        let value = definition.values[index]
        return (value.name, value.number, definition.name(of: value.number) != value.name)
    }

    func comment(ofValue index: Int) -> String {
        source.comment(definition.file, definition.path + [2, Int32(clamping: index)])
    }

    func number(of name: String) -> Int32? { definition.number(of: name) }
    func name(of number: Int32) -> String? { definition.name(of: number) }
}

extension FieldDescriptor {
    fileprivate var presence: FieldShape.Presence {
        if isMap { return .map }
        if isRepeated { return .repeated }
        return isRequired ? .required : hasPresence ? .explicit : .implicit
    }
}

extension FieldKind {
    /// Of one that is no message and no enum.
    fileprivate var scalar: ScalarType { ScalarType(rawValue: keyword) ?? .bytes }
}
