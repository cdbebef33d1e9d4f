/// What people have written beside a declaration.
struct Comments {
    /// So much of a comment is shown, in bytes.
    private static let limit = 65_536

    var detached: [String] = []
    var leading: String?
    var trailing: String?

    /// The comments of a file, by the place of the declaration as `SourceCodeInfo.Location.path` has it; none where the file was
    /// compiled without them.
    static func all(in file: DescriptorFile) -> [[Int32]: Comments] {
        var all: [[Int32]: Comments] = [:]
        // A file whose comments cannot be read is without them.
        try? file.bytes.readFields { field throws(WireFault) in
            guard field.number == 9 else { return }
            try field.readFields { location throws(WireFault) in
                guard location.number == 1 else { return }
                var (path, comments): ([Int32], Comments) = ([], Comments())
                try location.readFields { part throws(WireFault) in
                    switch part.number {
                    case 1:
                        guard let bytes = part.bytes else { return path.append(Int32(truncatingIfNeeded: part.value)) }
                        var reader = WireReader(bytes)
                        while !reader.isAtEnd { path.append(Int32(truncatingIfNeeded: try reader.varint())) }
                    case 3: comments.leading = text(part)
                    case 4: comments.trailing = text(part)
                    case 6: comments.detached.append(text(part))
                    default: break
                    }
                }
                if comments.leading != nil || comments.trailing != nil || !comments.detached.isEmpty {
                    all[path] = comments
                }
            }
        }
        return all
    }

    private static func text(_ field: RawField) -> String {
        guard let bytes = field.bytes, bytes.count > limit else { return field.text }
        return String(decoding: bytes.prefix(limit), as: UTF8.self) + " …"
    }
}
