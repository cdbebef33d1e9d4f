package import RPCCore

extension ServerAddress {
    /// The address under the name that the server is to be asked for, where that is not its host.
    package func named(by options: TLSOptions) -> ServerAddress {
        var address = self
        if scheme.isSecure, let name = options.serverName { address.host = name }
        return address
    }
}
