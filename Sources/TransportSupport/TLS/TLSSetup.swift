package import NIOCore
package import NIOSSL
package import RPCCore

/// How connections to one server are encrypted.
package struct TLSSetup: Sendable {
    package let configuration: TLSConfiguration
    /// The name to ask for and to check; `nil` for a literal address, which is checked as such (RFC 6066, 3).
    package let serverName: String?
    /// `nil` where the server is spoken to in plain text.
    package let context: NIOSSLContext?
    /// Whether we can show the server a certificate of our own.
    package let hasCertificate: Bool
    /// Whether a server has asked for one (RFC 8446, 4.3.2).
    package let certificateRequest: Once

    /// - Parameters:
    ///   - protocols: What is spoken over the connection, by the names of ALPN (RFC 7301).
    ///   - closeTimeout: How long the server may take to answer the end of the encryption.
    /// - Throws: ``CallError`` that names the file that is no good.
    package init(
        for server: ServerAddress, options: TLSOptions, protocols: [String], closeTimeout: Duration
    ) throws(CallError) {
        let request = Once()
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.applicationProtocols = protocols
        tls.shutdownTimeout = TimeAmount(closeTimeout)
        if options.isInsecure { tls.certificateVerification = .none }
        if let file = options.authorityFile { tls.trustRoots = .certificates(try PEMFile.authorities(in: file)) }
        let identity = try PEMFile.identity(options)
        if let identity {
            tls.certificateChain = identity.certificates.map { .certificate($0) }
            tls.privateKey = .privateKey(identity.key)
        } else {
            // On a client the library asks when the server has asked for a certificate.
            tls.sslContextCallback = { _, promise in
                _ = request.claim()
                promise.succeed(NIOSSLContextConfigurationOverride())
            }
        }
        configuration = tls
        certificateRequest = request
        hasCertificate = identity != nil
        context = server.scheme.isSecure ? try Self.makeContext(tls, options) : nil
        serverName = options.serverName ?? (Self.isLiteral(server.hostWithoutZone) ? nil : server.host)
    }

    /// Adds encryption to a connection, where there is any: before everything else in it unless another position is given.
    package func encrypt(
        _ channel: any Channel, position: ChannelPipeline.SynchronousOperations.Position = .first
    ) throws {
        guard let context else { return }
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: serverName), position: position)
    }

    private static func makeContext(
        _ configuration: TLSConfiguration, _ options: TLSOptions
    ) throws(CallError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            guard let certificate = options.certificateFile, let key = options.keyFile else {
                throw CallError(.internal, "TLS cannot be set up: \(error)", at: .tls)
            }
            throw CallError(
                .failedPrecondition, "the key in '\(key)' does not belong to the certificate in '\(certificate)'",
                at: .tls, advice: "name the key with which the certificate was made")
        }
    }

    static func isLiteral(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }
}
