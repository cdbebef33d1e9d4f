import Foundation

/// A file that a recording is asked for, and what is written.
public struct RecordingOutput: Hashable, Sendable {
    enum Form: Hashable, Sendable {
        case text, cast, film
    }

    /// Where it is written.
    public let path: String
    let form: Form
    /// What is written in place of what was asked for; `nil` where that is the same.
    public let note: String?

    /// The ends of names that are known, for people.
    public static let suffixes = ".txt, .cast or .svg, or .gif, .mp4 or .webm for an .svg in its place"

    /// - Returns: `nil` for a file of a sort that is not known.
    public init?(_ path: String) {
        let suffix = (path as NSString).pathExtension.lowercased()
        switch suffix {
        case "txt", "ascii", "test": self.init(path: path, form: .text, note: nil)
        case "cast": self.init(path: path, form: .cast, note: nil)
        case "svg": self.init(path: path, form: .film, note: nil)
        case "gif", "mp4", "webm":
            let picture = Self.picture(for: path)
            self.init(path: picture, form: .film, note: "\(path): no videos are made here; \(picture) moves instead")
        default: return nil
        }
    }

    private init(path: String, form: Form, note: String?) {
        self.path = path
        self.form = form
        self.note = note
    }

    /// The file of a picture that takes the place of one of pixels.
    static func picture(for path: String) -> String {
        (path as NSString).deletingPathExtension + ".svg"
    }
}
