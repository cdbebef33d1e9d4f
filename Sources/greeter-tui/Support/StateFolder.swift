/// Where the program keeps what it must not forget, after the XDG Base Directory Specification.
enum StateFolder {
    /// The folder; `nil` where there is no home.
    static func path(_ environment: [String: String]) -> String? {
        // The specification has relative paths ignored.
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return "\(base)/greeter-tui" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home)/.local/state/greeter-tui"
    }
}
