import Foundation
import GRPCTransport
import ProtobufSchema
import RPCCore
import SchemaSources

/// Writes as JSON what can be learned of services, for checks against programs of others:
///
///     schema-client SERVER [NAME:VALUE...]    by reflection: all names, and the files of the first twenty
///     schema-client proto FILE [FOLDER...]    from a .proto file
///     schema-client set FILE...               from sets of descriptors
@main
enum SchemaClient {
    private struct Report: Encodable {
        var error: String?
        var advice: String?
        var code: String?
        var version: String?
        var services = 0
        var resolved: [String] = []
        var failures: [String: String] = [:]
        var files: [String] = []
        var notes: [String] = []
        /// The methods that can be called, and what is wrong within the files.
        var usable: [String] = []
        var problems: [String] = []

        mutating func take(_ schema: SourcedSchema) {
            resolved = schema.services.filter { $0.failure == nil }.map(\.name)
            for service in schema.services { failures[service.name] = service.failure }
            files = schema.files.map(\.name)
            notes = schema.notes
            let known = Schema(schema.files)
            let services = known.services.filter { $0.problem == nil && resolved.contains($0.fullName) }
            usable = services.flatMap(\.methods).filter { $0.problem == nil }.map(\.fullName)
            problems = known.problems.prefix(50).map(\.text)
        }
    }

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let first = arguments.first else { exit(64) }
        let rest = Array(arguments.dropFirst())
        let report =
            switch first {
            case "proto": await compile(rest)
            case "set": read(rest)
            default: await reflect(first, rest)
            }
        FileHandle.standardOutput.write(try JSONEncoder().encode(report))
    }

    private static func reflect(_ address: String, _ headers: [String]) async -> Report {
        guard let server = try? ServerAddress(parsing: address, as: .grpc) else { exit(64) }
        let metadata = headers.map { header in
            let parts = header.split(separator: ":", maxSplits: 1).map(String.init)
            return MetadataEntry(parts[0], parts.last ?? "")
        }
        let transport = GRPCTransport(server: server, configuration: GRPCConfiguration())
        let reflection = Reflection(over: transport, metadata: metadata)
        var report = Report()
        do {
            let names = try await reflection.services()
            report.services = names.count
            report.take(
                try await reflection.schema(of: Array(names.filter { !MethodRef.isCommon(service: $0) }.prefix(20))))
        } catch {
            (report.error, report.advice, report.code) = (error.cause, error.advice, error.code.name)
        }
        report.version = await reflection.version?.rawValue
        await transport.shutdown()
        return report
    }

    private static func compile(_ arguments: [String]) async -> Report {
        let compiler = ProtoCompiler(
            environment: ProcessInfo.processInfo.environment, directory: FileManager.default.currentDirectoryPath)
        var report = Report()
        do {
            report.take(try await compiler.compile(Array(arguments.prefix(1)), imports: Array(arguments.dropFirst())))
        } catch {
            (report.error, report.advice) = ("\(error)", error.advice)
        }
        return report
    }

    private static func read(_ paths: [String]) -> Report {
        var report = Report()
        do {
            report.take(try SetFile.read(paths))
        } catch {
            report.error = error.message
        }
        return report
    }
}
