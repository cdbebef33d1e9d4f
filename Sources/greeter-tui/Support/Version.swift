import CBuildFacts

/// The version of the program, and of what it is made of.
enum Version {
    static let current = "0.1.0"
    /// The day of it, as manual pages have it.
    static let date = "November 22, 2026"

    /// What `--version` prints. The first line is the name and the number; the others are for reports of what goes wrong: the
    /// commit, the libraries of the system that this process has loaded, and the packages that it was built with.
    static var text: String {
        let commit = String(cString: build_facts_commit())
        let packages = String(cString: build_facts_packages())
        let lines = [
            "greeter-tui \(current)",
            "commit     \(commit.isEmpty ? "unknown: a build for development" : commit)",
            "libraries  \(libraries.map { "\($0.name) \($0.version)" }.joined(separator: ", "))",
        ]
        return (packages.isEmpty ? lines : lines + ["packages   \(packages)"]).joined(separator: "\n")
    }

    private static var libraries: [(name: String, version: String)] {
        [
            ("ncurses", String(cString: build_facts_ncurses())),
            ("nghttp2", String(cString: build_facts_nghttp2())),
            ("SQLite", String(cString: build_facts_sqlite())),
            ("zlib", String(cString: build_facts_zlib())),
        ]
    }
}
