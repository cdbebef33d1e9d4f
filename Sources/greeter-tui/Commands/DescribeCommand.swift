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
            "What is described, by its full name: demo.v1.Library, demo.v1.Library/GetBook, demo.v1.Book, demo.v1.Book.title.",
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
        let symbol = symbol.hasPrefix("/") || symbol.hasPrefix(".") ? String(symbol.dropFirst()) : symbol
        let loaded = try await loadSchema(schema) { loader throws(Exit) in try await loader.load(symbol: symbol) }
        for note in loaded.notes { Exit.note(note) }
        guard template else {
            guard let text = ProtoSource.text(of: symbol, in: loaded.schema) else {
                throw unknown(symbol, loaded.schema)
            }
            return Exit.write(lines: text)
        }
        guard let message = message(symbol, loaded) else { throw unknown(symbol, loaded.schema) }
        var json: [UInt8] = []
        try? MessageExample(schema: loaded.schema).message(message)
            .appendJSON(to: &json, in: loaded.schema, style.style(emitsDefaults: true))
        Exit.write(JSONLayout.indented(json), to: STDOUT_FILENO)
    }

    /// The message of that name, or the request of the method.
    private func message(_ symbol: String, _ loaded: SchemaLoader.Loaded) -> MessageDescriptor? {
        if let message = loaded.schema.message(symbol) { return message }
        let method = try? MethodChoice(services: loaded.services).method(named: symbol)
        return method.flatMap { loaded.schema.message($0.input) }
    }

    private func unknown(_ symbol: String, _ schema: Schema) -> Exit {
        let names = schema.services.map(\.fullName) + schema.messages.map(\.fullName) + schema.enums.map(\.fullName)
        let near = NearestName.suggestion(for: symbol, among: names).map { "; did you mean '\($0)'?" }
        return .usage("nothing is called '\(symbol)'\(near ?? ""); name it in full, as in demo.v1.Library")
    }
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
