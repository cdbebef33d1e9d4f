/// How a server's certificate is checked, and how we show who we are.
public struct TLSOptions: Hashable, Sendable {
    /// A PEM file with the certificate authorities to trust instead of the system's.
    public var authorityFile: String?
    /// A PEM file with our own certificate, for servers that ask for one. Goes with ``keyFile``.
    public var certificateFile: String?
    /// A PEM file with the key of our own certificate, not encrypted.
    public var keyFile: String?
    /// The name to ask for, and to check the certificate against, instead of the address's host.
    public var serverName: String?
    /// Accepts any certificate for any name. The screen says so as long as it holds.
    public var isInsecure: Bool

    public init(
        authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil,
        isInsecure: Bool = false
    ) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.serverName = serverName
        self.isInsecure = isInsecure
    }
}
