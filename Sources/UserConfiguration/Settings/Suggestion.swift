import RPCCore

/// What to say about a name that is not known.
enum Suggestion {
    /// `did you mean 'theme'?`, where one of the candidates is near.
    static func text(for name: String, among candidates: [String]) -> String? {
        // Half of a short name is no slip.
        let limit = min(NearestName.slip, max(1, name.count / 2))
        return NearestName.of(name, among: candidates, within: limit).map { "did you mean '\($0)'?" }
    }

    /// Names the nearest candidate, and all of them where it is not near.
    static func full(for name: String, among candidates: [String], called title: String) -> String {
        if let text = text(for: name, among: candidates) { return text }
        guard let nearest = NearestName.of(name, among: candidates) else { return "there are no \(title)" }
        return "the nearest is '\(nearest)'; the \(title) are \(candidates.joined(separator: ", "))"
    }
}
