import ArgumentParser
import Foundation
import GatewayTransport
import GreeterCore
import GreeterDemoServer

/// What every command needs that talks to a server.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server: http://HOST:PORT, https://HOST:PORT, or demo: for the demo server inside this program.",
            valueName: "url"))
    var server = "demo:"

    @Option(
        help: ArgumentHelp("A header of every request. May be repeated.", valueName: "name: value"))
    var header: [HeaderArgument] = []

    @Option(
        help: ArgumentHelp(
            "A file with the bearer token. Without it the variable GREETER_TUI_TOKEN is used, where set.",
            valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Send the token over an unencrypted connection to another machine too.")
    var allowPlaintextToken = false

    @Option(
        help: ArgumentHelp(
            "A PEM file with the certificate authorities to trust instead of the system's.", valueName: "file"))
    var ca: String?

    @Flag(help: "Accept any certificate.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            """
            How long a call may take: 500ms, 30s, 2m, none. Unless given, 30s, counted from the end of the input \
            where requests come from standard input or by hand.
            """, valueName: "time"))
    var deadline: LimitArgument?

    @Option(help: "How a WebSocket stream tells the server that the last request was sent.")
    var endOfStream = EndOfStreamSignal.marker

    @Option(
        help: ArgumentHelp(
            "How long a WebSocket stream that may be over must be quiet before it is.", valueName: "time"))
    var quietTime = DurationArgument(.milliseconds(800))

    @OptionGroup(title: "Retry Options")
    var retry: RetryOptions

    @Option(help: "Which kind of gateway the demo server imitates. Only with demo:.")
    var demoBehaviour: DemoServerConfiguration.Behaviour?

    @OptionGroup
    var faultOptions: FaultOptions

    /// The address, checked.
    func address() throws(Exit) -> ServerAddress {
        let address: ServerAddress
        do {
            address = try ServerAddress(parsing: server)
        } catch {
            throw .usage("\(error)")
        }
        guard address.scheme.dialect == "gateway" else {
            throw .usage(
                "\(server): this build speaks the gateway dialect only; use an http:// or https:// address")
        }
        if address.scheme != .demo, let option = firstDemoOption {
            throw .usage("\(option) has no meaning for \(server); it is for the demo server only")
        }
        return address
    }

    /// What the demo server is to be like.
    func demoConfiguration() throws(Exit) -> DemoServerConfiguration {
        DemoServerConfiguration(
            behaviour: demoBehaviour ?? .guide, faults: try faultOptions.faults(), seed: faultOptions.seed)
    }

    /// Takes away what only the demo server understands.
    mutating func removeDemoOptions() {
        demoBehaviour = nil
        faultOptions.fault = []
        faultOptions.seed = nil
    }

    private var firstDemoOption: String? {
        demoBehaviour == nil ? faultOptions.firstUsed : "--demo-behaviour"
    }

    /// What the transport is to know.
    /// - Parameter environment: Where the token may be.
    func gatewayConfiguration(environment: [String: String]) throws(Exit) -> GatewayConfiguration {
        for header in header {
            if let refusal = header.refusal { throw .usage("--header \(header.entry.name): \(refusal)") }
        }
        if let ca {
            let text = String(decoding: try FileReading.contents(of: ca, limit: 16 << 20), as: UTF8.self)
            guard text.contains("-----BEGIN") else { throw .usage("\(ca): there is no PEM certificate in it") }
        }
        return GatewayConfiguration(
            endOfStream: endOfStream, quietTime: quietTime.duration,
            tls: TLSOptions(authorityFile: ca, isInsecure: insecure), token: try token(environment: environment),
            allowsPlaintextToken: allowPlaintextToken, headers: header.map(\.entry))
    }

    /// The options of a call.
    /// - Parameter isOpenEnded: Whether requests come for as long as somebody else decides.
    func callOptions(isOpenEnded: Bool) -> CallOptions {
        switch deadline {
        case nil: CallOptions(deadline: .seconds(30), deadlineStart: isOpenEnded ? .halfClose : .call)
        case LimitArgument.none?: CallOptions(deadline: nil)
        case .limit(let limit)?: CallOptions(deadline: limit)
        }
    }

    private func token(environment: [String: String]) throws(Exit) -> Secret? {
        let source: String
        let text: String
        if let tokenFile {
            source = tokenFile
            text = String(decoding: try FileReading.contents(of: tokenFile, limit: 64 << 10), as: UTF8.self)
        } else if let variable = environment["GREETER_TUI_TOKEN"] {
            source = "GREETER_TUI_TOKEN"
            text = variable
        } else {
            return nil
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw .usage("\(source): there is no token in it") }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .usage("\(source): a token holds printable ASCII characters only, and no spaces")
        }
        return Secret(token)
    }
}
