import ArgumentParser
import ProtobufSchema
import RPCCore
import SchemaSources
import UserConfiguration

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

    @Option(
        help: Known.services.plainHelp(
            """
            The services.json of a gateway, with its methods and their routes. Without it a gateway is asked for /services.json.
            """, valueName: "file"), completion: .file(extensions: ["json"]))
    var services: String?

    @Option(
        help: Known.routeStyle.help(
            """
            How a gateway takes requests by their routes: proto, by google/api/http.proto; gateway, as FastAPI gateways do that \
            are made from a services.json; or auto, which is gateway where there is one.
            """, valueName: "name"), completion: Known.routeStyle.completion)
    var style: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Keep what servers tell of their services on the disk, to be there at once the next time.")
    var schemaCache = true

    /// Whether no file says what there is.
    var namesNoFile: Bool { protoset.isEmpty && proto.isEmpty && services == nil }

    func set(in layer: inout Layer) throws(ConfigurationError) {
        try layer.set(Known.services, flag: "--services", services)
        try layer.set(Known.routeStyle, flag: "--style", style)
    }
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

/// What is known of the routes of gateways.
struct RouteSettings {
    /// The file that lists them; `nil` where none is named.
    var services: String?
    /// `nil` to go by where they are from.
    var style: RouteStyle?
    /// What is known of the messages that a gateway lists, where no file says it.
    var definitions: [DescriptorFile] = []

    init(_ settings: Settings, _ definitions: [DescriptorFile]) {
        self.definitions = definitions
        services = settings[Known.services].path
        style = settings[Known.routeStyle].style
    }

    /// What options alone say.
    init(_ options: SchemaOptions) throws(Exit) {
        services = options.services
        style = try options.style.map { text throws(Exit) in
            guard let setting = RouteStyleSetting(settingText: text) else {
                throw .usage(
                    "--style: '\(text.prefix(64))' is none of \(RouteStyleSetting.words.joined(separator: ", "))")
            }
            return setting
        }?.style
    }
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
