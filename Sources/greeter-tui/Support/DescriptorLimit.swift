import Foundation

/// How many files, sockets and pipes may be open at once.
///
/// Libraries that get none when they begin trap, so it is looked at before they do.
enum DescriptorLimit {
    /// What the program needs besides what is open at its start: for each processor's event loop three; the rest are the
    /// files, sockets, terminal and pipes of a call, a demo server and a history.
    private static var need: Int { 48 + 4 * ProcessInfo.processInfo.activeProcessorCount }

    /// The end of the program where there are too few, after the limit was raised as far as that is allowed.
    static func shortage() -> Exit? {
        let need = need
        guard !canOpen(need) else { return nil }
        var limit = rlimit()
        getrlimit(resource, &limit)
        let wanted = rlim_t(need) + limit.rlim_cur
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = min(limit.rlim_max, wanted)
            if setrlimit(resource, &raised) == 0, canOpen(need) { return nil }
        }
        return .usage(
            "only \(limit.rlim_cur) files may be open at once, which are too few to work with; "
                + "allow more with 'ulimit -n \(max(256, wanted))'")
    }

    #if os(Linux)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif

    /// Whether so many descriptors can be had.
    private static func canOpen(_ count: Int) -> Bool {
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        while descriptors.count < count {
            let descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
            guard descriptor >= 0 else { return false }
            descriptors.append(descriptor)
        }
        return true
    }
}
