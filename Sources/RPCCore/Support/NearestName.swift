/// What a user is likely to have meant by a name that is not known.
package enum NearestName {
    /// The most edits by which a name is taken for a slip of the fingers.
    package static let slip = 3

    /// The candidate that takes the fewest edits to become the name, the first of several; `nil` where every one takes
    /// more than `limit`, or there is none.
    ///
    /// Case is not looked at, nor is what comes after the first 64 characters: the work is bounded.
    package static func of<Candidate: StringProtocol>(
        _ name: some StringProtocol, among candidates: some Sequence<Candidate>, within limit: Int = .max
    ) -> Candidate? {
        let name = characters(of: name)
        let ranked = candidates.map { (candidate: $0, distance: editDistance(characters(of: $0), name)) }
        return ranked.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.candidate
    }

    /// The candidate that was probably meant, where one is near enough for the length of the name: of a short name few
    /// letters can be wrong, or anything would be near.
    package static func suggestion<Candidate: StringProtocol>(
        for name: some StringProtocol, among candidates: some Sequence<Candidate>
    ) -> Candidate? {
        of(name, among: candidates, within: min(slip, max(1, name.prefix(64).count / 2)))
    }

    /// Things in the order in which their names come near to a name; of those that are as near, in their own.
    package static func ranked<Thing>(
        _ things: [Thing], by name: String, _ itsName: (Thing) -> String
    ) -> [Thing] {
        let name = characters(of: name)
        let ranked = things.enumerated().map {
            (thing: $1, distance: editDistance(characters(of: itsName($1)), name), place: $0)
        }
        return ranked.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }.map(\.thing)
    }

    private static func characters(of text: some StringProtocol) -> [Character] {
        Array(text.prefix(64).lowercased())
    }

    /// The least number of insertions, deletions and substitutions that make one text of another (Levenshtein).
    private static func editDistance(_ first: [Character], _ second: [Character]) -> Int {
        var row = Array(0...second.count)
        for (line, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in second.enumerated() {
                let substituted = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
