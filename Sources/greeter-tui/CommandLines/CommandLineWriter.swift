import Foundation
import Greeter
import Plans
import RPCCore
import UserConfiguration
import WorkbenchModel

/// Writes calls as command lines that make them again, from any shell in the same folder. No secret is in them: what is one is
/// a reference to where it is.
struct CommandLineWriter: Sendable {
    let settings: Settings
    /// The server whose credentials the settings are.
    let server: ServerSetting
    let schema: SchemaOptions
    /// The flags that choose where settings are read.
    let selection: [String]
    let secrets: SecretReference

    init(_ loaded: LoadedSettings, _ setup: Setup, _ schema: SchemaOptions) {
        (settings, server, self.schema, selection) = (setup.settings, setup.server, schema, loaded.selection)
        secrets = SecretReference(redaction: setup.redaction, environment: loaded.environment)
    }

    /// - Parameter requests: What was sent, as JSON; `nil` where that is too much or not known.
    /// - Throws: ``CommandLineProblem`` where it cannot be said.
    func line(
        for tool: CommandLineTool, _ call: CallState, sending requests: [String]?
    ) throws(CommandLineProblem) -> String {
        if call.method?.schema.input is RawMessageCodec {
            throw CommandLineProblem("the call has sent bytes that have no definition")
        }
        let line =
            switch tool {
            case .greeterTUI: try OwnLine(writer: self, call: call, requests: requests).text()
            case .grpcurl: try GrpcurlLine(writer: self, call: call, requests: requests).text()
            }
        // Whatever else has brought a credential here.
        let safe = secrets.redaction.redacted(line)
        guard safe == line else { throw CommandLineProblem("a credential is in what the call sends") }
        return line
    }

    /// Whether a call goes to the server for which there are credentials.
    func isOwnServer(_ call: CallState) -> Bool { call.server == server.settingText }

    /// The headers of every request to the server of a call.
    func headers(of call: CallState) -> [MetadataEntry] {
        guard isOwnServer(call) else { return [] }
        return settings.members(of: Known.headers).flatMap { header in
            header.value.values.map { MetadataEntry(header.name, $0) }
        }
    }

    /// Headers for reflection alone; they are written `name: value`.
    func reflectionHeaders() -> [String] {
        schema.reflectHeader.map { line in
            guard let colon = line.firstIndex(of: ":") else { return line }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            return secrets.text(of: MetadataEntry(String(line[..<colon]), String(value)))
        }
    }
}

extension Settings {
    /// The value of a setting where the command line says it, or was set on screen.
    func given<Value>(_ setting: Setting<Value>) -> Value? { origin(of: setting).isOfRun ? self[setting] : nil }
}

extension Origin {
    /// Whether it is of this run of the program alone, and holds for no other.
    var isOfRun: Bool {
        switch self {
        case .flag, .screen: true
        case .standard, .file, .variable: false
        }
    }
}
