import ArgumentParser
import RPCCore
import SchemaSources

/// Where the definitions of services and messages come from.
struct SchemaOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            A file of descriptors (FileDescriptorSet) with the services and messages, as protoc --descriptor_set_out and buf \
            build write it. May be repeated.
            """, valueName: "file"), completion: .file(extensions: ["protoset", "binpb", "pb", "desc"]))
    var protoset: [String] = []

    @Option(
        help: ArgumentHelp(
            "A .proto file with the services and messages; needs protoc or buf on the PATH. May be repeated.",
            valueName: "file"), completion: .file(extensions: ["proto"]))
    var proto: [String] = []

    @Option(
        name: [.customShort("I"), .long],
        help: ArgumentHelp(
            """
            A folder in which the imports of --proto are looked for; without one, the folder of the file and those above it. \
            May be repeated.
            """, valueName: "folder"), completion: .directory)
    var importPath: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            Whether the server is asked for what files do not say, by gRPC server reflection: auto (v1, or else v1alpha), v1, \
            v1alpha or off.
            """, valueName: "version"))
    var reflection = ReflectionChoice.auto

    @Option(
        help: ArgumentHelp(
            "A header that is sent with reflection alone, beside those of --header. May be repeated.",
            valueName: "name: value"))
    var reflectHeader: [String] = []

    /// Whether no file says what there is.
    var namesNoFile: Bool { protoset.isEmpty && proto.isEmpty }
}

/// Whether, and how, a server is asked what services it has.
enum ReflectionChoice: String, CaseIterable, ExpressibleByArgument {
    case auto
    case v1
    case v1alpha
    case off

    /// The one that is asked for; `nil` for what the server has.
    var version: ReflectionVersion? { ReflectionVersion(rawValue: rawValue) }
}

/// How replies are written as JSON.
struct JSONStyleOptions: ParsableArguments {
    @Flag(help: "Write fields that are not set, too, with what they mean.")
    var emitDefaults = false

    @Flag(help: "Write the names of fields as they are in the .proto file: book_title, not bookTitle.")
    var originalNames = false

    @Flag(help: "Write the values of enums as numbers.")
    var enumsAsNumbers = false
}
