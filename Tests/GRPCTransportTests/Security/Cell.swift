import GRPCTransport
import GatewayTransport
import RPCCore
import TestSupport
import Testing

/// A server's certificate, what a client knows and says, and the sentence that the call ends in.
struct Cell: Sendable, CustomTestStringConvertible {
    var name: String
    /// What the server shows; `nil` for a server in plain text.
    var certificate: String? = "good"
    /// Whether it asks for a certificate of the client.
    var asks = false
    /// The name that is called.
    var host = "localhost"
    /// Whether the client speaks TLS.
    var isSecure = true
    var tls = TLSOptions(authorityFile: Certificates.path("authority"))
    /// Why the call fails, with `SERVER` for its authority; `nil` where it does not.
    var cause: String?
    /// What to try.
    var advice: String?
    /// The same over the gateway's dialect, where it is another sentence.
    var gateway: (cause: String, advice: String)?

    var testDescription: String { name }

    static let all = good + untrusted + clients + wrongPorts

    private static let trusting = TLSOptions(authorityFile: Certificates.path("authority"))
    private static let anyway = "or, to try things out only, skip the check with --insecure"

    private static let good =
        [
            Cell(name: "good, by name"),
            Cell(name: "good, by address", host: "127.0.0.1"),
            Cell(
                name: "good, under another name", certificate: "wrong-host",
                tls: TLSOptions(authorityFile: Certificates.path("authority"), serverName: "other.example")),
        ]
        + ["expired", "wrong-host", "self-signed"].map { (name: String) in
            Cell(name: "\(name), not checked", certificate: name, tls: TLSOptions(isInsecure: true))
        }

    private static let untrusted = [
        Cell(
            name: "expired", certificate: "expired", cause: "the certificate of localhost has expired",
            advice: "renew the certificate on the server"),
        Cell(
            name: "wrong host", certificate: "wrong-host",
            cause: "the certificate is not for localhost but for other.example",
            advice: "use a name that the certificate is for, or say with --server-name which to expect"),
        Cell(
            name: "self-signed", certificate: "self-signed",
            cause: "the certificate of localhost is signed by nobody but itself",
            advice: "trust it with --ca FILE, \(anyway)"),
        Cell(
            name: "unknown authority", tls: TLSOptions(),
            cause: "the certificate of localhost is not trusted: its authority is unknown here",
            advice: "trust its authority with --ca FILE, \(anyway)"),
    ]

    private static let clients = [
        Cell(name: "client certificate", asks: true, tls: showing("client")),
        Cell(
            name: "missing client certificate", asks: true,
            cause: "SERVER asks for a client certificate, and none was given",
            advice: "name one with --cert FILE and its key with --key FILE"),
        Cell(
            name: "client certificate of another authority", asks: true, tls: showing("stranger"),
            cause: "SERVER does not accept our certificate: its authority is unknown there",
            advice: "name one with --cert FILE that was made by an authority that the server trusts"),
        Cell(
            name: "client certificate with another key",
            tls: showing("client", key: "stranger"),
            cause: "the key in '\(Certificates.path("stranger.key"))' does not belong to the certificate in "
                + "'\(Certificates.path("client"))'",
            advice: "name the key with which the certificate was made"),
    ]

    private static let wrongPorts = [
        Cell(
            name: "TLS to a plain port", certificate: nil, cause: "SERVER does not speak TLS",
            advice: "if the server speaks plain text, use PLAIN://"),
        Cell(
            name: "plain to a TLS port", isSecure: false, cause: "SERVER speaks TLS, and is spoken to in plain text",
            advice: "use SECURE://",
            gateway: ("the server closed the connection without an answer", "if the server speaks TLS, use SECURE://")),
    ]

    private static func showing(_ certificate: String, key: String? = nil) -> TLSOptions {
        TLSOptions(
            authorityFile: Certificates.path("authority"), certificateFile: Certificates.path(certificate),
            keyFile: Certificates.path((key ?? certificate) + ".key"))
    }
}
