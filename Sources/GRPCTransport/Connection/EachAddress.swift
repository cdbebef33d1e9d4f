import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// A host whose addresses are servers of their own.
///
/// The library's target for names takes all addresses of a name for one server that can be reached in several ways, so that
/// there is nothing to balance.
struct EachAddress: ResolvableTarget {
    var host: String
    var port: Int
}

/// Resolves a name as the library does, and makes each address an endpoint.
struct EachAddressResolver: NameResolverFactory {
    func resolver(for target: EachAddress) -> NameResolver {
        let resolver = NameResolvers.DNS().resolver(for: .init(host: target.host, port: target.port))
        let names = resolver.names.map { result in
            var result = result
            result.endpoints = Self.apart(result.endpoints)
            return result
        }
        return NameResolver(
            names: RPCAsyncSequence(wrapping: names), updateMode: resolver.updateMode, authority: resolver.authority)
    }

    /// The same addresses, each an endpoint of its own.
    static func apart(_ endpoints: [Endpoint]) -> [Endpoint] {
        endpoints.flatMap { $0.addresses.map { Endpoint(addresses: [$0]) } }
    }
}
