import ArgumentParser
import Foundation
import ProtobufSchema
import RPCCore

/// Works on the definitions of services themselves.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Keep the definitions of services.", subcommands: [SchemaSaveCommand.self])
}

/// Writes what a server tells of its services into a file.
struct SchemaSaveCommand: AsyncParsableCommand, ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Write the descriptors of a server's services to a file, for --protoset.",
        discussion: """
            The file is a FileDescriptorSet with all that the services import, as protoc and buf write it. It is written \
            whole or not at all; one that is there is replaced with --force only.
            """)

    @Argument(help: "The file.", completion: .file(extensions: ["protoset"]))
    var file: String

    @Flag(help: "Replace a file that is there.")
    var force = false

    @OptionGroup(title: "Schema Options")
    var schema: SchemaOptions

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
        // Before a server is asked for something that cannot be kept.
        try check()
        let loaded = try await loadSchema(schema) { loader throws(Exit) in try await loader.load() }
        for note in loaded.notes + loaded.failures.map({ "\($0.name): \($0.failure ?? "")" }) { Exit.note(note) }
        guard !loaded.schema.files.isEmpty else { throw Exit.usage("there is nothing to write") }
        try check()
        do {
            try Data(DescriptorSet.bytes(of: loaded.schema.files)).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw Exit.usage("\(file): cannot be written: \(error.localizedDescription)")
        }
        let services = loaded.schema.services.count
        throw Exit(
            status: 0,
            lines: [
                "greeter-tui: wrote \(services.counted("service", "services")) in "
                    + "\(loaded.schema.files.count.counted("file", "files")) to \(file)"
            ])
    }

    /// Sees that nothing is replaced that is not to be.
    private func check() throws(Exit) {
        guard !force, FileManager.default.fileExists(atPath: file) else { return }
        throw .usage("\(file) is there already: name another file, or replace it with --force")
    }
}
