/// A file of descriptors as it is written, before names are looked up and anything is checked but the wire format.
/// Numbers of fields are those of google/protobuf/descriptor.proto.
struct RawFile {
    var name = ""
    var package = ""
    var messages: [RawMessage] = []
    var enums: [RawEnum] = []
    var services: [RawService] = []
    var extensions: [RawFieldDescriptor] = []
    var options: [UInt8] = []
    private var syntax = ""
    private var writtenEdition: Int?

    init(_ bytes: [UInt8]) throws(WireFault) {
        var file = Self()
        try bytes.readFields { field throws(WireFault) in
            switch field.number {
            case 1: file.name = field.text
            case 2: file.package = field.text
            case 4: file.messages.append(try RawMessage(field, nesting: SchemaLimits.nesting))
            case 5: file.enums.append(try RawEnum(field))
            case 6: file.services.append(try RawService(field))
            case 7: file.extensions.append(try RawFieldDescriptor(field))
            case 8: file.options += field.rawBytes
            case 12: file.syntax = field.text
            case 14: file.writtenEdition = field.int32
            default: break
            }
        }
        self = file
    }

    private init() {}

    /// Of `google.protobuf.Edition`; `nil` where no syntax is known by that name.
    var edition: Int? {
        switch syntax {
        case "", "proto2": Features.proto2
        case "proto3": Features.proto3
        case "editions": writtenEdition
        default: nil
        }
    }

    var isProto3: Bool { edition == Features.proto3 }

    /// How the file names its syntax, for people.
    var syntaxName: String {
        syntax == "editions" ? "edition \(writtenEdition.map(String.init) ?? "without a number")" : "syntax '\(syntax)'"
    }
}

struct RawMessage {
    var name = ""
    var fields: [RawFieldDescriptor] = []
    var messages: [RawMessage] = []
    var enums: [RawEnum] = []
    var extensions: [RawFieldDescriptor] = []
    var oneofs: [(name: String, options: [UInt8])] = []
    var options: [UInt8] = []
    var isMapEntry = false
    var isMessageSet = false
    var isDeprecated = false
    /// Whether types in it are declared deeper than anything may be; they are left out.
    var isTooDeep = false

    init(_ message: RawField, nesting: Int) throws(WireFault) {
        var new = Self()
        try message.readFields { field throws(WireFault) in
            switch field.number {
            case 1: new.name = field.text
            case 2: new.fields.append(try RawFieldDescriptor(field))
            case 3:
                guard nesting > 1 else {
                    new.isTooDeep = true
                    return
                }
                new.messages.append(try RawMessage(field, nesting: nesting - 1))
            case 4: new.enums.append(try RawEnum(field))
            case 6: new.extensions.append(try RawFieldDescriptor(field))
            case 7:
                new.options += field.rawBytes
                try field.readFields { option in
                    switch option.number {
                    case 1: new.isMessageSet = option.value != 0
                    case 3: new.isDeprecated = option.value != 0
                    case 7: new.isMapEntry = option.value != 0
                    default: break
                    }
                }
            case 8:
                var oneof = (name: "", options: [UInt8]())
                try field.readFields { part in
                    if part.number == 1 { oneof.name = part.text }
                    if part.number == 2 { oneof.options += part.rawBytes }
                }
                new.oneofs.append(oneof)
            default: break
            }
        }
        self = new
    }

    private init() {}
}

struct RawFieldDescriptor {
    enum Label: Int { case optional = 1, required, repeated }

    var name = ""
    var extendee = ""
    var number = 0
    var label = Label.optional
    /// `nil` where it must be found out from what the name of the type stands for.
    var kind: FieldKind?
    var hasUnknownKind = false
    var typeName = ""
    var defaultText: String?
    var oneof: Int?
    var jsonName: String?
    var isProto3Optional = false
    var options: [UInt8] = []
    var isPacked: Bool?
    var isDeprecated = false

    init(_ descriptor: RawField) throws(WireFault) {
        var new = Self()
        try descriptor.readFields { field throws(WireFault) in
            switch field.number {
            case 1: new.name = field.text
            case 2: new.extendee = field.text
            case 3: new.number = field.int32
            case 4: new.label = Label(rawValue: field.int32) ?? new.label
            case 5:
                new.kind = UInt8(exactly: field.value).flatMap(FieldKind.init)
                new.hasUnknownKind = new.kind == nil
            case 6: new.typeName = field.text
            case 7: new.defaultText = field.text
            case 8:
                new.options += field.rawBytes
                try field.readFields { option in
                    if option.number == 2 { new.isPacked = option.value != 0 }
                    if option.number == 3 { new.isDeprecated = option.value != 0 }
                }
            case 9: new.oneof = field.int32
            case 10: new.jsonName = field.text
            case 17: new.isProto3Optional = field.value != 0
            default: break
            }
        }
        self = new
    }

    private init() {}
}

struct RawEnum {
    var name = ""
    var values: [EnumDescriptor.Value] = []
    var options: [UInt8] = []

    init(_ descriptor: RawField) throws(WireFault) {
        var new = Self()
        try descriptor.readFields { field throws(WireFault) in
            switch field.number {
            case 1: new.name = field.text
            case 2:
                var value = EnumDescriptor.Value(name: "", number: 0)
                try field.readFields { part throws(WireFault) in
                    switch part.number {
                    case 1: value.name = part.text
                    case 2: value.number = Int32(truncatingIfNeeded: part.value)
                    case 3: try part.readFields { if $0.number == 1 { value.isDeprecated = $0.value != 0 } }
                    default: break
                    }
                }
                new.values.append(value)
            case 3: new.options += field.rawBytes
            default: break
            }
        }
        self = new
    }

    private init() {}
}

struct RawService {
    struct Method {
        var name = ""
        var input = ""
        var output = ""
        var sendsStream = false
        var receivesStream = false
        var options: [UInt8] = []
    }

    var name = ""
    var methods: [Method] = []

    init(_ descriptor: RawField) throws(WireFault) {
        var new = Self()
        try descriptor.readFields { field throws(WireFault) in
            switch field.number {
            case 1: new.name = field.text
            case 2:
                var method = Method()
                try field.readFields { part in
                    switch part.number {
                    case 1: method.name = part.text
                    case 2: method.input = part.text
                    case 3: method.output = part.text
                    case 4: method.options += part.rawBytes
                    case 5: method.sendsStream = part.value != 0
                    case 6: method.receivesStream = part.value != 0
                    default: break
                    }
                }
                new.methods.append(method)
            default: break
            }
        }
        self = new
    }

    private init() {}
}

extension RawField {
    /// The bytes of what has a length.
    fileprivate var rawBytes: [UInt8] { bytes.map { [UInt8]($0) } ?? [] }
}
