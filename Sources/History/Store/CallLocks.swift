import Foundation
import Synchronization

/// Says which calls go on, to all programs that use the same history: a running call is a locked byte, the one with the number
/// of the call, of the file `history.lock`.
///
/// The system drops the lock with the process, however that ends, and with the machine: there is no doubt about a process
/// number that was given out again, or one of another container.
final class CallLocks: Sendable {
    private let path: String
    private let descriptor: Int32
    private let held = Mutex<Set<Int64>>([])

    /// - Throws: ``HistoryError`` where the file cannot be made.
    init(path: String) throws(HistoryError) {
        self.path = path
        _ = try OwnFile.exists(path)
        descriptor = try OwnFile.open(path)
    }

    deinit { close(descriptor) }

    /// Marks a call as running.
    func hold(_ call: Int64) throws {
        guard set(call, F_WRLCK) else {
            throw HistoryError(.machine, "\(path): cannot be locked: \(String(cString: strerror(errno)))")
        }
        held.withLock { _ = $0.insert(call) }
    }

    func release(_ call: Int64) {
        _ = set(call, F_UNLCK)
        held.withLock { _ = $0.remove(call) }
    }

    /// Whether a call goes on, here or in another program.
    func isHeld(_ call: Int64) -> Bool {
        if held.withLock({ $0.contains(call) }) { return true }
        guard set(call, F_WRLCK) else { return true }
        _ = set(call, F_UNLCK)
        return false
    }

    /// A lock that belongs to the open file instead of the process, so that another history in this process sees it.
    private func set(_ call: Int64, _ type: some BinaryInteger) -> Bool {
        #if os(Linux)
            // F_OFD_SETLK of <fcntl.h>, which Swift does not see.
            let command: Int32 = 37
        #else
            let command: Int32 = F_OFD_SETLK
        #endif
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(call)
        lock.l_len = 1
        return fcntl(descriptor, command, &lock) == 0
    }
}
