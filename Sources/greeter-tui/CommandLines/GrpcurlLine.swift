import Greeter
import RPCCore
import UserConfiguration
import WorkbenchModel

/// A call as a command line of grpcurl, with the flags that `grpcurl -help` tells of.
struct GrpcurlLine {
    let writer: CommandLineWriter
    let call: CallState
    let requests: [String]?

    private var settings: Settings { writer.settings }

    func text() throws(CommandLineProblem) -> String {
        guard let address = call.address, address.scheme.dialect == .grpc else {
            throw CommandLineProblem("grpcurl talks to gRPC servers only, and this call is for \(call.server)")
        }
        guard let requests else {
            throw CommandLineProblem(
                "grpcurl takes requests one by one, and these are too many, or made as the plan runs")
        }
        var words = ["grpcurl"] + security(of: address) + headers + files
        if call.options.deadlineStart == .call, let deadline = call.options.deadline {
            words += ["-max-time", (deadline / .seconds(1)).settingText]
        }
        if settings.origin(of: Known.maxMessageSize) != .standard {
            words += ["-max-msg-sz", "\(settings[Known.maxMessageSize].bytes)"]
        }
        if address.socketPath != nil { words.append("-unix") }
        let target = address.socketPath ?? "\(Self.host(of: address)):\(address.actualPort ?? address.port)"
        words += ["-d", Shell.word(requests.joined(separator: " ")), Shell.word(target), Shell.word(method)]
        return words.joined(separator: " ")
    }

    /// An IPv6 address stands in brackets before a port.
    private static func host(of address: ServerAddress) -> String {
        address.host.contains(":") ? "[\(address.host)]" : address.host
    }

    private var method: String {
        let usual = Greeter.method(call.kind).ref
        let route = call.options.isMethodMasked ? nil : call.options.method
        return call.method?.ref.fullName ?? route.flatMap { MethodRef.fullName(of: $0, in: usual.service) }
            ?? usual.fullName
    }

    private func security(of address: ServerAddress) -> [String] {
        guard address.scheme.isSecure else { return ["-plaintext"] }
        var words = settings[Known.insecure] ? ["-insecure"] : []
        words += option("-cacert", settings[Known.authorities].path)
        guard writer.isOwnServer(call) else { return words }
        words += option("-cert", settings[Known.certificate].path) + option("-key", settings[Known.key].path)
        return words + option("-servername", settings[Known.serverName].name)
    }

    private var headers: [String] {
        var lines = writer.headers(of: call).map { writer.secrets.text(of: $0) }
        var fromFile: [String] = []
        if writer.isOwnServer(call) {
            switch settings[Known.token].source {
            case nil: break
            case .variable(let name): lines.append("authorization: Bearer ${\(name)}")
            // The shell reads it, for grpcurl reads no headers from files. Quotes in `$(…)` are those of the command in it.
            case .file(let path): fromFile = ["-H", "\"authorization: Bearer $(cat \(Shell.word(path)))\""]
            case .command: lines.append("authorization: Bearer ${TOKEN}")
            }
        }
        let reflection = writer.reflectionHeaders()
        let expands = (lines + reflection).contains(where: SecretReference.isReference)
        return (expands ? ["-expand-headers"] : []) + lines.flatMap { option("-H", $0) }
            + reflection.flatMap { option("-reflect-header", $0) } + fromFile
    }

    /// Where the definitions are, where the server is not to be asked for them.
    private var files: [String] {
        let schema = writer.schema
        return schema.protoset.flatMap { option("-protoset", $0) }
            + schema.importPath.flatMap { option("-import-path", $0) }
            + schema.proto.flatMap { option("-proto", $0) }
    }

    private func option(_ flag: String, _ text: String?) -> [String] { text.map { [flag, Shell.word($0)] } ?? [] }
}
