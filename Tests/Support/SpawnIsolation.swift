public import Foundation

/// Keeps a process that a test starts from inheriting what other tests have open at that moment: a socket that lives on
/// in it would stay open after its test has closed it.
public enum SpawnIsolation {
    /// The flags to start with, beside others.
    public static var flags: Int16 {
        #if os(Linux)
            0
        #else
            Int16(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
    }

    /// Adds what must be done in the process before it begins. Comes after the actions that open its standard streams.
    public static func add(to actions: inout posix_spawn_file_actions_t) {
        #if os(Linux)
            // glibc has it since 2.34, but its header hides it from Swift.
            typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
            guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
            _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, 3)
        #endif
    }
}
