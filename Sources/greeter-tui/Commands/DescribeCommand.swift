import ArgumentParser
import Foundation
import ProtobufSchema
import RPCCore

/// Shows how a service, a method or a message is declared.
struct DescribeCommand: AsyncParsableCommand, ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Show how a service, a method, a message, a field or an enum is declared.",
        discussion: """
            Prints the declaration as it stands in a .proto file, with its comments where the descriptors have them. With \
            --template it prints a message as JSON to fill in: the request of a method.
            """)

    @Argument(
        help: ArgumentHelp(
            "What is described: demo.v1.Library, demo.v1.Library/GetBook, demo.v1.Book, demo.v1.Book.title, or less of its name where that is enough.",
            valueName: "symbol"), completion: SchemaCompletion.symbols.kind)
    var symbol: String

    @Flag(help: "Print an example of the message as JSON.")
    var template = false

    @OptionGroup(title: "Schema Options")
    var schema: SchemaOptions

    @OptionGroup(title: "JSON Options")
    var style: JSONStyleOptions

    @OptionGroup(title: "Server Options")
    var connection: ConnectionOptions

    @OptionGroup(title: "Retry Options")
    var retry: RetryOptions

    @OptionGroup(title: "Demo Server Options")
    var demo: DemoOptions

    @OptionGroup(title: "Configuration Options")
    var configuration: ConfigurationOptions

    @OptionGroup(title: "Log Options")
    var log: LogOptions

    func run() async throws {
        let choice = NameChoice(symbol)
        let loaded = try await loadSchema(schema) { loader throws(Exit) in try await loader.load(symbol: choice.name) }
        for note in loaded.notes { Exit.note(note) }
        let name = try SymbolChoice(schema: loaded.schema, services: loaded.services).fullName(choice)
        guard template else {
            guard let text = ProtoSource.text(of: name, in: loaded.schema) else {
                throw Exit.usage(
                    "\(name) is listed, and has no definition: "
                        + "name descriptors with --protoset or --proto")
            }
            return Exit.write(lines: text)
        }
        let message = try message(name, loaded)
        var json: [UInt8] = []
        try? MessageExample(schema: loaded.schema).message(message)
            .appendJSON(to: &json, in: loaded.schema, style.style(emitsDefaults: true))
        Exit.write(JSONLayout.indented(json), to: STDOUT_FILENO)
    }

    /// The message of that name, or the request of the method.
    private func message(_ name: String, _ loaded: SchemaLoader.Loaded) throws(Exit) -> MessageDescriptor {
        let schema = loaded.schema
        if let message = schema.message(name) { return message }
        if let service = loaded.services.first(where: { $0.fullName == name }) {
            throw Exit(
                status: Exit.usageStatus,
                lines: [
                    "greeter-tui: \(name) is a service: --template is for a message, or the request of "
                        + "one of its methods:"
                ]
                    + service.methods.prefix(NameChoice.listLimit).map { "  \($0.fullName)" })
        }
        guard let method = loaded.services.flatMap(\.methods).first(where: { $0.fullName == name }) else {
            throw .usage("\(name) is no message: --template is for a message, or the request of a method")
        }
        guard let message = schema.message(method.input) else {
            throw .usage("\(method.input), the request of \(name), is not defined")
        }
        return message
    }
}

/// Finds whatever a schema declares by what a user writes of its name.
private struct SymbolChoice {
    let schema: ProtobufSchema.Schema
    let services: [KnownService]

    /// - Throws: ``Exit`` with status 2 where nothing is called so, or several things may be meant.
    func fullName(_ choice: NameChoice) throws(Exit) -> String {
        if ProtoSource.text(of: choice.name, in: schema) != nil { return choice.name }
        for names in [declarations, members] {
            // Between a service and its method there may be a dot.
            let found =
                choice.matches(among: names) { $0 }
                .nonEmpty ?? names.filter { choice.fits($0.replacing("/", with: ".")) }
            if found.count > 1 { throw choice.ambiguity("things", among: found) }
            if let name = found.first { return name }
        }
        if let service = methodService(choice) { throw service }
        let near = NearestName.suggestion(for: choice.name, among: declarations + declarations.map(\.lastPart))
        throw .usage(
            "nothing is called '\(choice.text)'\(near.map { "; did you mean '\($0)'?" } ?? ""); "
                + "'greeter-tui list' tells what there is")
    }

    private var methods: [String] { services.flatMap(\.methods).map(\.fullName) }

    private var declarations: [String] {
        services.map(\.fullName) + methods + schema.messages.filter { !$0.isMapEntry }.map(\.fullName)
            + schema.enums.map(\.fullName)
    }

    /// Fields, and values of enums.
    private var members: [String] {
        schema.messages.filter { !$0.isMapEntry }.flatMap { message in
            message.fields.map { "\(message.fullName).\($0.name)" }
        }
    }

    /// What is said of a method that a service does not have.
    private func methodService(_ choice: NameChoice) -> Exit? {
        guard let service = MethodChoice.service(in: choice.name),
            NameChoice(service).matches(among: services, \.fullName).count == 1
        else { return nil }
        do throws(Exit) {
            _ = try MethodChoice(services: services).method(named: choice.name)
            return nil
        } catch {
            return error
        }
    }
}

extension Array {
    fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}

extension JSONStyleOptions {
    /// - Parameter emitsDefaults: Whether fields that are not set are written in any case.
    func style(emitsDefaults: Bool = false) -> JSONStyle {
        var style = JSONStyle()
        style.emitsDefaults = emitDefaults || emitsDefaults
        style.usesOriginalNames = originalNames
        style.writesEnumsAsNumbers = enumsAsNumbers
        return style
    }
}
