import RPCCore

extension PlanDocument {
    /// The same plan with its files looked for from another directory: relative paths are written anew, so that they
    /// mean the files that they meant.
    ///
    /// - Parameter directory: An absolute path. Where it, or the present ``directory``, is none, paths stay as they are.
    public func moved(to directory: String) -> PlanDocument {
        var moved = self
        moved.directory = directory
        guard self.directory.hasPrefix("/"), directory.hasPrefix("/"), self.directory != directory else { return moved }
        moved.steps = steps.map { step in
            guard case .records(var records) = step, case .file(let path) = records.source, !path.hasPrefix("/") else {
                return step
            }
            let file = PathText.resolved(path, in: self.directory)
            records.source = .file(PathText.written(file, in: directory))
            return .records(records)
        }
        return moved
    }
}
