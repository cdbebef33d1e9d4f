/// Paths as text, with `/` between names. Nothing here looks at a file.
package enum PathText {
    /// An absolute path: of a relative one, what it means in a directory. Without `.`, `..` and empty names.
    package static func resolved(_ path: String, in directory: String) -> String {
        absolute(names(in: path.hasPrefix("/") ? path : "\(directory)/\(path)"))
    }

    /// A path as it is written, a relative one from a directory on; where that is empty, from wherever the program runs.
    package static func beginning(in directory: String, _ path: String) -> String {
        path.hasPrefix("/") || directory.isEmpty ? path : "\(directory)/\(path)"
    }

    /// A path in which a leading `~/` is the home directory, where there is one.
    /// - Parameter home: The variable `HOME`.
    package static func expanded(_ path: String, home: String?) -> String {
        guard path.hasPrefix("~/"), let home, home.hasPrefix("/") else { return path }
        return home + path.dropFirst()
    }

    /// The directory that holds what a path names: `/a` for `/a/b`, nothing for `b`.
    package static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last name of a path.
    package static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// How an absolute path is written in a directory: relative, where the file is in it or not far away.
    package static func written(_ path: String, in directory: String) -> String {
        let (file, folder) = (names(in: path), names(in: directory))
        let common = zip(file, folder).prefix { $0 == $1 }.count
        let up = folder.count - common
        guard path.hasPrefix("/"), directory.hasPrefix("/"), up == 0 || common > 0 && up <= 2 else { return path }
        return (Array(repeating: "..", count: up) + file.dropFirst(common)).joined(separator: "/")
    }

    private static func absolute(_ names: [String]) -> String { "/" + names.joined(separator: "/") }

    private static func names(in path: String) -> [String] {
        path.split(separator: "/").reduce(into: []) { names, name in
            switch name {
            case ".": break
            case "..": _ = names.popLast()
            default: names.append(String(name))
            }
        }
    }
}
