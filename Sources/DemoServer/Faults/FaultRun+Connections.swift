import Foundation
import NIOCore

extension FaultRun {
    /// Lets a connection that has just been accepted in.
    /// - Throws: ``RefusedConnection`` for one that is to be reset.
    func admit(_ channel: any Channel) throws(RefusedConnection) {
        guard refusesConnection() else { return }
        // Closing without time to linger resets the connection (RFC 9293, 3.6).
        _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        throw RefusedConnection()
    }
}

/// The end of a connection that was ordered to be refused.
struct RefusedConnection: Error {}
