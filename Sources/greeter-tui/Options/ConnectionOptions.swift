import ArgumentParser
import RPCCore
import UserConfiguration

/// Which server is called, and how.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: Known.server.help(
            """
            The server: HOST:PORT, http:// or https://HOST:PORT for a gateway, grpc:// or grpcs://HOST:PORT for a gRPC \
            service, unix:///PATH or grpc+unix:///PATH for a socket, demo: or demo:grpc for the demo server inside this \
            program.
            """,
            valueName: "url"))
    var server: String?

    @Option(
        help: Known.transport.help("What carries the calls: auto goes by the address.", valueName: "name"),
        completion: Known.transport.completion)
    var transport: String?

    @Option(
        help: ArgumentHelp(
            """
            The route, or the gRPC method, to call instead of the usual one: NAME for the kind of call that is made, \
            KIND=NAME for another, such as client-stream=SayHelloStream. May be repeated.
            """, valueName: "[kind=]name"))
    var method: [String] = []

    @Option(help: Known.headers.plainHelp("A header of every request. May be repeated.", valueName: "name: value"))
    var header: [String] = []

    @Flag(
        help: """
            Put the values of environment variables in the place of ${NAME} in what --header and --reflect-header say.
            """)
    var expandHeaders = false

    @Option(
        help: ArgumentHelp(
            """
            A file with the bearer token. (variable: GREETER_TUI_TOKEN_FILE, or GREETER_TUI_TOKEN for the token itself)
            """, valueName: "file"), completion: .file())
    var tokenFile: String?

    @Flag(
        inversion: .prefixedNo,
        help: Known.allowPlaintextToken.help(
            "Send the token over an unencrypted connection to another machine, too."))
    var allowPlaintextToken: Bool?

    @Option(
        help: Known.authorities.plainHelp(
            "A PEM file with the certificate authorities to trust instead of the system's.", valueName: "file"),
        completion: .file())
    var ca: String?

    @Option(
        help: Known.certificate.plainHelp(
            "A PEM file with a certificate to show to servers that ask for one.", valueName: "file"),
        completion: .file())
    var cert: String?

    @Option(help: Known.key.plainHelp("A PEM file with the key of --cert.", valueName: "file"), completion: .file())
    var key: String?

    @Option(
        help: Known.serverName.plainHelp(
            "The name to ask the server for and to find in its certificate, instead of the host's.",
            valueName: "host"))
    var serverName: String?

    @Flag(inversion: .prefixedNo, help: Known.insecure.help("Accept any certificate."))
    var insecure: Bool?

    @Option(
        help: Known.proxy.plainHelp(
            """
            The proxy for every connection: http://, https://, socks5:// or socks5h://HOST:PORT, with USER:PASSWORD@ before \
            the host; none; or auto, which goes by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.
            """, valueName: "url"))
    var proxy: String?

    @Option(
        help: Known.deadline.help(
            """
            How long a call may take: 500ms, 30s, 2m, none. Where requests come from standard input or by hand, a \
            deadline that is not given here counts from their end.
            """, valueName: "time"))
    var deadline: String?

    @Option(
        help: Known.endOfStream.help(
            "How a WebSocket stream tells the server that the last request was sent.", valueName: "signal"),
        completion: Known.endOfStream.completion)
    var endOfStream: String?

    @Option(
        help: Known.quietTime.help(
            "How long a WebSocket stream that may be over must be quiet before it is.", valueName: "time"))
    var quietTime: String?

    @Option(
        help: Known.subprotocols.plainHelp(
            "A subprotocol to offer for a WebSocket, the preferred first. May be repeated.", valueName: "name"))
    var subprotocol: [String] = []

    @Flag(inversion: .prefixedNo, help: Known.gzip.help("Compress gRPC requests with gzip."))
    var gzip: Bool?

    @Option(
        help: Known.loadBalancing.help(
            "How gRPC calls are spread over the addresses of the server's name.", valueName: "policy"),
        completion: Known.loadBalancing.completion)
    var loadBalancing: String?

    @Option(
        help: Known.keepAlive.help(
            "After how long a silence a connection in use is sent a keep-alive ping.", valueName: "time"))
    var keepAlive: String?

    @Option(
        help: Known.maxMessageSize.help("The longest message of a server that is accepted.", valueName: "size"))
    var maxMessageSize: String?

    @Option(
        help: Known.maxMetadataSize.help(
            "The most metadata of a gRPC server that is accepted, names and values together and 32 bytes for each.",
            valueName: "size"))
    var maxMetadataSize: String?

    /// - Parameters:
    ///   - kind: The kind of call that the command makes; `nil` where it may make any.
    ///   - environment: What ``expandHeaders`` looks names up in.
    func set(
        in layer: inout Layer, calling kind: CallKind?, environment: [String: String]
    ) throws(ConfigurationError) {
        try layer.set(Known.server, flag: "--server", server)
        for method in method { try MethodArgument(method, calling: kind).set(in: &layer) }
        try layer.set(Known.transport, flag: "--transport", transport)
        let headers = try header.map { text throws(ConfigurationError) in
            try expanded(text, of: "--header", environment)
        }
        try layer.set(Known.headers, lines: headers, .flag("--header"))
        if let tokenFile {
            let origin = Origin.flag("--token-file")
            try layer.set(Known.token, to: RawValue(choice: "file", [.init(tokenFile, origin)], origin))
        }
        try layer.set(Known.allowPlaintextToken, flag: "--allow-plaintext-token", allowPlaintextToken?.settingText)
        try layer.set(Known.authorities, flag: "--ca", ca)
        try layer.set(Known.certificate, flag: "--cert", cert)
        try layer.set(Known.key, flag: "--key", key)
        try layer.set(Known.serverName, flag: "--server-name", serverName)
        try layer.set(Known.insecure, flag: "--insecure", insecure?.settingText)
        try layer.set(Known.proxy, flag: "--proxy", proxy)
        try layer.set(Known.deadline, flag: "--deadline", deadline)
        try layer.set(Known.endOfStream, flag: "--end-of-stream", endOfStream)
        try layer.set(Known.quietTime, flag: "--quiet-time", quietTime)
        if !subprotocol.isEmpty {
            let origin = Origin.flag("--subprotocol")
            try layer.set(Known.subprotocols, to: RawValue(subprotocol.map { .init($0, origin) }, origin))
        }
        try layer.set(Known.gzip, flag: "--gzip", gzip?.settingText)
        try layer.set(Known.loadBalancing, flag: "--load-balancing", loadBalancing)
        try layer.set(Known.keepAlive, flag: "--keep-alive", keepAlive)
        try layer.set(Known.maxMessageSize, flag: "--max-message-size", maxMessageSize)
        try layer.set(Known.maxMetadataSize, flag: "--max-metadata-size", maxMetadataSize)
    }

    /// A header as it is sent.
    func expanded(
        _ header: String, of flag: String, _ environment: [String: String]
    ) throws(ConfigurationError) -> String {
        guard expandHeaders else { return header }
        do throws(HeaderExpansion.Problem) {
            return try HeaderExpansion(environment: environment).expanded(header)
        } catch {
            throw ConfigurationError(.flag(flag), "\(error)")
        }
    }
}
