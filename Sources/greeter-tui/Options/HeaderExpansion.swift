/// Puts the values of environment variables in the place of `${NAME}`, so that a header's secret need not stand on the command line.
struct HeaderExpansion {
    /// Why a text cannot be expanded. It never has a value in it.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    let environment: [String: String]

    func expanded(_ text: String) throws(Problem) -> String {
        var (result, rest) = ("", text[...])
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else {
                throw Problem(description: "'${' begins the name of a variable, and no '}' ends it")
            }
            let name = String(rest[..<end])
            guard let value = environment[name] else {
                throw Problem(description: "the variable '\(name.prefix(64))' is not set")
            }
            result += value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
