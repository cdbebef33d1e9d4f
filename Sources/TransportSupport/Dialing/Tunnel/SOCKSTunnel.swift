package import NIOCore
package import RPCCore

/// SOCKS 5 (RFC 1928), with a user and a password (RFC 1929) where there are any.
package struct SOCKSTunnel: Tunnel {
    /// Where the proxy is to connect to.
    package enum Target: Hashable, Sendable {
        /// A name that the proxy resolves.
        case name(String)
        /// Four bytes, or sixteen.
        case address([UInt8])
    }

    private enum State {
        case greeting, authentication, request
    }

    private let target: Target
    private let port: Int
    private let user: (name: String, password: Secret)?
    private var state = State.greeting

    package init(to target: Target, port: Int, user: (name: String, password: Secret)?) {
        self.target = target
        self.port = port
        self.user = user
    }

    package var stage: String {
        switch state {
        case .greeting: "the SOCKS greeting"
        case .authentication: "the user and the password"
        case .request: "the SOCKS request"
        }
    }

    package func begin() -> ByteBuffer {
        // Without authentication, and with user and password where we have one.
        user == nil ? ByteBuffer(bytes: [5, 1, 0]) : ByteBuffer(bytes: [5, 2, 0, 2])
    }

    package mutating func read(_ buffer: inout ByteBuffer) throws -> TunnelStep {
        switch state {
        case .greeting: try readGreeting(&buffer)
        case .authentication: try readAuthentication(&buffer)
        case .request: try readReply(&buffer)
        }
    }

    private mutating func readGreeting(_ buffer: inout ByteBuffer) throws -> TunnelStep {
        if let version = buffer.readableBytesView.first, version != 5 { throw foreign }
        guard let answer = buffer.readBytes(length: 2) else { return .wait }
        switch answer[1] {
        case 0: return request()
        case 2:
            guard let user else { throw foreign }
            state = .authentication
            let (name, password) = (Array(user.name.utf8), Array(user.password.reveal().utf8))
            return .write(
                ByteBuffer(
                    bytes: [1, UInt8(clamping: name.count)] + name + [UInt8(clamping: password.count)] + password))
        default:
            throw TunnelRefusal(
                .credentials, "takes none of the ways to say who asks",
                advice: user == nil
                    ? "give it a user and a password: socks5://USER:PASSWORD@HOST:PORT"
                    : "allow users with passwords there (RFC 1929)")
        }
    }

    private mutating func readAuthentication(_ buffer: inout ByteBuffer) throws -> TunnelStep {
        guard let answer = buffer.readBytes(length: 2) else { return .wait }
        guard answer[1] == 0 else {
            throw TunnelRefusal(
                .credentials, "refuses the user and the password", advice: "check them in its address")
        }
        return request()
    }

    private mutating func request() -> TunnelStep {
        state = .request
        var bytes = ByteBuffer(bytes: [5, 1, 0])
        switch target {
        case .name(let name):
            bytes.writeBytes([3, UInt8(clamping: name.utf8.count)])
            bytes.writeBytes(name.utf8.prefix(255))
        case .address(let address):
            bytes.writeInteger(address.count == 4 ? 1 : 4, as: UInt8.self)
            bytes.writeBytes(address)
        }
        bytes.writeInteger(UInt16(clamping: port))
        return .write(bytes)
    }

    private mutating func readReply(_ buffer: inout ByteBuffer) throws -> TunnelStep {
        let bytes = buffer.readableBytesView
        let start = bytes.startIndex
        if let version = bytes.first, version != 5 { throw foreign }
        guard bytes.count >= 2 else { return .wait }
        // A refusal needs no address behind it, and some proxies send none.
        if bytes[start + 1] != 0 { throw refusal(bytes[start + 1]) }
        guard bytes.count >= 5 else { return .wait }
        let length =
            switch bytes[start + 3] {
            case 1: 10
            case 4: 22
            case 3: 7 + Int(bytes[start + 4])
            default: throw foreign
            }
        guard bytes.count >= length else { return .wait }
        buffer.moveReaderIndex(forwardBy: length)
        return .open
    }

    private var foreign: TunnelRefusal {
        TunnelRefusal(
            .foreign, "does not speak SOCKS 5", advice: "check that it is a SOCKS proxy: an HTTP proxy is http://")
    }

    /// RFC 1928, 6.
    private func refusal(_ code: UInt8) -> TunnelRefusal {
        let reach = "check that the server runs, and that the proxy can reach it"
        return switch code {
        case 2: TunnelRefusal(.forbidden, "does not allow the connection", advice: "allow it there, or use NO_PROXY")
        case 3: TunnelRefusal(.unreachable, "finds the network unreachable", advice: reach)
        case 4: TunnelRefusal(.unreachable, "cannot reach the host", advice: reach)
        case 5: TunnelRefusal(.unreachable, "says that the server refuses the connection", advice: reach)
        case 6: TunnelRefusal(.unreachable, "gave up: its time to live expired", advice: reach)
        case 8: TunnelRefusal(.unreachable, "does not take such an address", advice: "try socks5h://, or socks5://")
        default: TunnelRefusal(.unreachable, "failed (SOCKS code \(code))", advice: "look into the proxy's log")
        }
    }
}
