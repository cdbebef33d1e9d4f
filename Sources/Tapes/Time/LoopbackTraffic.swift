/// What is on its way between two TCP sockets of this machine, of which at least one is this process's own.
///
/// The kernel delivers on the loopback interface at once, but not always before the call that sends returns.
enum LoopbackTraffic {
    /// Whether something is on its way that will wake its reader.
    static var isUnderWay: Bool {
        guard let table = ProcFile.text(of: "/proc/self/net/tcp") else { return false }
        return isUnderWay(in: table, own: ownSockets())
    }

    /// The numbers by which the kernel knows the sockets of this process.
    private static func ownSockets() -> Set<Substring> {
        let links = (ProcFile.entries(of: "/proc/self/fd") ?? []).compactMap {
            ProcFile.target(of: "/proc/self/fd/\($0)")
        }
        return Set(links.filter { $0.hasPrefix("socket:[") }.map { $0.dropFirst(8).dropLast() })
    }

    /// - Parameters:
    ///   - table: The text of `/proc/net/tcp` (proc(5)).
    ///   - own: The inodes of the process's sockets.
    static func isUnderWay(in table: String, own: Set<Substring>) -> Bool {
        let sockets = table.split(separator: "\n").dropFirst().compactMap { Socket($0) }
        let byEnds = Dictionary(sockets.map { ($0.ends, $0) }) { first, _ in first }
        return sockets.contains { socket in
            guard own.contains(socket.inode), socket.isLoopback else { return false }
            switch socket.state {
            case "02": return true  // The connection is being made.
            case "01", "04", "05", "08": break
            default: return false
            }
            guard let peer = byEnds[socket.ends.turned] else {
                // The other end has been reset or closed, and this one has not heard of it.
                return socket.state == "01"
            }
            // What waits unread wakes nobody: whoever wants it has been woken, and who has not does not want it yet.
            return peer.unacknowledged && !socket.hasUnread
        }
    }

    /// A line of the table.
    private struct Socket {
        var ends: Ends
        var state: Substring
        /// Whether something was sent, end of file included, of which the other end has not said that it has it.
        var unacknowledged: Bool
        var hasUnread: Bool
        var inode: Substring

        init?(_ line: Substring) {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 9 else { return nil }
            let queues = fields[4].split(separator: ":")
            guard queues.count == 2 else { return nil }
            ends = Ends(local: fields[1], remote: fields[2])
            state = fields[3]
            unacknowledged = queues[0].contains { $0 != "0" }
            hasUnread = queues[1].contains { $0 != "0" }
            inode = fields[9]
        }

        /// 127.0.0.0/8, written as a number in the order of the machine's bytes.
        var isLoopback: Bool {
            let address = ends.remote.prefix { $0 != ":" }
            return address.hasSuffix("7F") || address.hasPrefix("7F")
        }
    }

    private struct Ends: Hashable {
        var local: Substring
        var remote: Substring

        var turned: Ends { Ends(local: remote, remote: local) }
    }
}
