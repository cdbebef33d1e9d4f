import ArgumentParser
import GreeterConfiguration
import GreeterCore

/// Which server is called, and how.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: Known.server.help(
            "The server: http://HOST:PORT, https://HOST:PORT, or demo: for the demo server inside this program.",
            valueName: "url"))
    var server: String?

    @Option(help: Known.headers.plainHelp("A header of every request. May be repeated.", valueName: "name: value"))
    var header: [String] = []

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

    @Flag(inversion: .prefixedNo, help: Known.insecure.help("Accept any certificate."))
    var insecure: Bool?

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

    func set(in layer: inout Layer) throws(ConfigurationError) {
        try layer.set(Known.server, flag: "--server", server)
        try layer.set(Known.headers, lines: header, .flag("--header"))
        if let tokenFile {
            let origin = Origin.flag("--token-file")
            try layer.set(Known.token, to: RawValue(choice: "file", [.init(tokenFile, origin)], origin))
        }
        try layer.set(Known.allowPlaintextToken, flag: "--allow-plaintext-token", allowPlaintextToken?.settingText)
        try layer.set(Known.authorities, flag: "--ca", ca)
        try layer.set(Known.insecure, flag: "--insecure", insecure?.settingText)
        try layer.set(Known.deadline, flag: "--deadline", deadline)
        try layer.set(Known.endOfStream, flag: "--end-of-stream", endOfStream)
        try layer.set(Known.quietTime, flag: "--quiet-time", quietTime)
    }
}
