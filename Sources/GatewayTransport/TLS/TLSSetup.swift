import GreeterCore
import NIOCore
import NIOSSL

/// How connections to one server are encrypted.
struct TLSSetup: Sendable {
    let configuration: TLSConfiguration
    /// `nil` where the server is spoken to in plain text.
    let context: NIOSSLContext?
    /// The name to ask for and to check; `nil` for a literal address, which is checked as such (RFC 6066, 3).
    let serverName: String?

    static func make(
        for server: ServerAddress, configuration: GatewayConfiguration
    ) -> Result<TLSSetup, CallError> {
        Result { () throws(CallError) in
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.applicationProtocols = ["http/1.1"]
            tls.shutdownTimeout = TimeAmount(configuration.closeTimeout)
            if configuration.tls.isInsecure { tls.certificateVerification = .none }
            if let file = configuration.tls.authorityFile { tls.trustRoots = try authorities(in: file) }
            return TLSSetup(
                configuration: tls, context: server.scheme.isSecure ? try makeContext(tls) : nil,
                serverName: isLiteral(server.host) ? nil : server.host)
        }
    }

    /// Adds encryption to a connection, where there is any.
    func encrypt(_ channel: any Channel) throws {
        guard let context else { return }
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: serverName))
    }

    private static func authorities(in file: String) throws(CallError) -> NIOSSLTrustRoots {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(file)
            guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
            return .certificates(certificates)
        } catch {
            throw CallError(
                .failedPrecondition, "no certificate authorities can be read from '\(file)'", at: .tls,
                advice: "name a PEM file with one or more certificates")
        }
    }

    private static func makeContext(_ configuration: TLSConfiguration) throws(CallError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw CallError(.internal, "TLS cannot be set up: \(error)", at: .tls)
        }
    }

    private static func isLiteral(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }
}
