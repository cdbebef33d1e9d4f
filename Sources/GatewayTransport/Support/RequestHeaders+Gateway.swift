import RPCCore
import TransportSupport

extension RequestHeaders {
    /// The headers of every request to a gateway, and those of one call.
    init(
        server: ServerAddress, configuration: GatewayConfiguration, metadata: [MetadataEntry]
    ) throws(CallError) {
        try self.init(
            server: server, token: configuration.token, allowsPlaintextToken: configuration.allowsPlaintextToken,
            own: configuration.headers + metadata)
    }
}
