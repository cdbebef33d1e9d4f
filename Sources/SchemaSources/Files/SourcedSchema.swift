public import ProtobufSchema

/// Files of descriptors that a source has given, as they are: what is in them is judged by ``Schema``.
public struct SourcedSchema: Hashable, Sendable {
    /// A service that was asked for.
    public struct Service: Hashable, Sendable {
        public var name: String
        /// Why there is no file that declares it, in one sentence without a full stop; `nil` where there is one. Not yet made
        /// safe for a terminal.
        public var failure: String?

        public init(_ name: String, failure: String? = nil) {
            self.name = name
            self.failure = failure
        }
    }

    /// So many notes are made.
    static let noteLimit = 100

    /// In the order in which they were asked for, or are declared.
    public var services: [Service]
    /// The files that declare them, and all that those import, as far as they are there: imported ones first.
    public var files: [DescriptorFile]
    /// What is to be said of it: imports that are missing, answers that were odd. Sentences without a full stop, not yet made
    /// safe for a terminal.
    public var notes: [String]

    public init(services: [Service] = [], files: [DescriptorFile] = [], notes: [String] = []) {
        self.services = services
        self.files = files
        self.notes = notes
    }

    /// Notes, of which there may be more than are told.
    static func bounded(_ notes: [String], of count: Int) -> [String] {
        let told = Array(notes.prefix(noteLimit))
        return told.count < count ? told + ["and \(count - told.count) more of the kind"] : told
    }
}

extension FileCollection.Missing {
    /// What there is to say of it: `a.proto imports b.proto, REASON; try: ADVICE`.
    /// - Parameter advice: What to try beside `--proto`.
    func note(_ reason: String, try advice: String?) -> String {
        let first = advice.map { "\($0), or " } ?? ""
        return "\(importer.bounded) imports \(name.bounded), \(reason); try: \(first)--proto \(name.bounded) -I DIR"
    }
}

extension String {
    /// As much of it as is told in a sentence. Scalars are counted: a single character may be as long as the whole.
    var bounded: String {
        let rest = unicodeScalars.dropFirst(200)
        return rest.isEmpty ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(200))) + "…"
    }
}
