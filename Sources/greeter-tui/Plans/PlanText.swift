import Plans
import RPCCore
import WorkbenchModel

extension PlanDocument {
    /// The plan as it is written to a file of this name.
    func text(for path: String) throws(FileProblem) -> String {
        let isJSON = path.lowercased().hasSuffix(".json")
        switch PlanFileKind(path: path) {
        case .records(.jsonLines): return try jsonLinesText()
        case .yaml where isJSON, .records(.csv):
            throw FileProblem("a plan is YAML, or JSON Lines where it is requests only: end the name in .yaml")
        case .yaml, nil: return try yamlText()
        }
    }

    func yamlText() throws(FileProblem) -> String {
        do {
            return try yaml()
        } catch {
            throw FileProblem("\(error)")
        }
    }

    private func jsonLinesText() throws(FileProblem) -> String {
        var text = JSONText()
        for (index, step) in steps.enumerated() {
            guard case .request(let request) = step else {
                throw FileProblem("JSON Lines hold requests, and step \(index + 1) is more: write a .yaml file")
            }
            text.append(request)
            text.append(raw: "\n")
        }
        guard self == PlanDocument(steps: steps, directory: directory) else {
            throw FileProblem(
                "JSON Lines hold requests, and nothing of a plan's method, end, flow or chance: write a .yaml file")
        }
        return text.string
    }
}
