package import NIOCore

/// What a client says to a proxy until that has made the connection that is asked for.
package protocol Tunnel: Sendable {
    /// What is written first.
    mutating func begin() -> ByteBuffer

    /// Reads an answer, or the part of one that is there; takes from the buffer what belongs to it and no more.
    /// - Throws: ``TunnelRefusal`` where the proxy does not do what it is asked for.
    mutating func read(_ buffer: inout ByteBuffer) throws -> TunnelStep

    /// What has been said last, for the text of an error: `CONNECT`.
    var stage: String { get }
}

/// What follows an answer of a proxy.
package enum TunnelStep: Hashable, Sendable {
    /// More is to be read.
    case wait
    case write(ByteBuffer)
    /// What is read from now on is the server's.
    case open
}

/// Why a proxy does not make the connection.
package struct TunnelRefusal: Error, Hashable, Sendable {
    /// What it said, as the end of a sentence that begins with the proxy: `refuses the user and the password`.
    package var cause: String
    package var advice: String
    package var kind: Kind

    package enum Kind: Hashable, Sendable {
        /// It wants to know who asks, or does not like the answer.
        case credentials
        /// It forbids the connection.
        case forbidden
        /// It could not make the connection: the server's fault, or the network's.
        case unreachable
        /// It does not speak as a proxy of its kind does.
        case foreign
    }

    package init(_ kind: Kind, _ cause: String, advice: String) {
        self.kind = kind
        self.cause = cause
        self.advice = advice
    }
}
