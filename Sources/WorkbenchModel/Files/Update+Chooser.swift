import RPCCore

extension State {
    /// Opens a chooser where the plan's files are.
    mutating func browse(_ purpose: FileChooser.Purpose, text: String = "") -> [Effect] {
        let directory = composer.document.directory
        let chooser = FileChooser(purpose, base: directory.isEmpty ? workingDirectory : directory, text: text)
        return open(.chooser(chooser)) + [.plan(.list(chooser.query))]
    }

    /// Looks for a file for the field that has the focus.
    mutating func browseForField() -> [Effect] {
        guard case .form(let form) = overlay, form.fields[form.focus].isPath else { return [] }
        return browse(.records)
    }

    mutating func typeInChooser(_ text: String) -> [Effect] {
        changeChooser { $0.type(text) }
    }

    mutating func completePath() -> [Effect] {
        changeChooser { $0.complete() }
    }

    mutating func leaveDirectory() -> [Effect] {
        changeChooser { chooser in
            chooser.enter(.parent)
            return true
        }
    }

    mutating func acceptChooser(_ chooser: FileChooser) -> [Effect] {
        guard chooser.pendingPath == nil else { return [] }
        guard chooser.listing != nil || chooser.problem != nil else {
            // Who types a whole path is faster than a file system.
            return changeChooser { chooser in
                chooser.isAccepted = true
                return false
            }
        }
        let items = chooser.items
        if let index = chooser.selected, items.indices.contains(index) { return accept(items[index], in: chooser) }
        guard !chooser.name.isEmpty, let path = chooser.path(of: chooser.name) else { return [] }
        if let entry = chooser.listing?.entries.first(where: { $0.name == chooser.name }), entry.kind == .directory {
            return accept(entry, in: chooser)
        }
        return take(path, for: chooser.purpose)
    }

    private mutating func accept(_ entry: FileEntry, in chooser: FileChooser) -> [Effect] {
        if entry.kind == .directory {
            return changeChooser { chooser in
                chooser.enter(entry)
                return true
            }
        }
        guard chooser.purpose != .writePlan else {
            return changeChooser { chooser in
                chooser.take(entry)
                return false
            }
        }
        return chooser.path(of: entry.name).map { take($0, for: chooser.purpose) } ?? []
    }

    /// Does with a file what it was chosen for.
    private mutating func take(_ path: String, for purpose: FileChooser.Purpose) -> [Effect] {
        switch purpose {
        case .openPlan:
            _ = changeChooser { chooser in
                chooser.pendingPath = path
                return false
            }
            return [.plan(.open(path: path))]
        case .writePlan: return write(to: path)
        case .records:
            overlays.removeLast()
            return takeRecords(path)
        }
    }

    /// Puts the path of a file into the field that it was looked for in.
    private mutating func takeRecords(_ path: String) -> [Effect] {
        guard case .form(var form) = overlay, form.fields[form.focus].isPath else { return [] }
        form.fields[form.focus].text = PathText.written(path, in: composer.document.directory)
        form.fields[form.focus].problem = nil
        replaceOverlay(.form(form))
        return []
    }

    mutating func listed(_ query: DirectoryQuery, _ result: Result<DirectoryListing, FileProblem>) -> [Effect] {
        guard case .chooser(var chooser) = overlay, chooser.query == query else { return [] }
        let isAccepted = chooser.isAccepted
        chooser.isAccepted = false
        switch result {
        case .success(let listing): chooser.show(listing)
        case .failure(let problem): chooser.problem = problem.text
        }
        replaceOverlay(.chooser(chooser))
        return isAccepted ? acceptChooser(chooser) : []
    }

    /// Changes the chooser that is open.
    /// - Parameter change: Returns whether another directory is to be listed.
    @discardableResult
    mutating func changeChooser(_ change: (inout FileChooser) -> Bool) -> [Effect] {
        guard let index = overlays.lastIndex(where: \.isChooser), case .chooser(var chooser) = overlays[index] else {
            return []
        }
        let isMoved = change(&chooser)
        overlays[index] = .chooser(chooser)
        return isMoved ? [.plan(.list(chooser.query))] : []
    }
}

extension Overlay {
    var isChooser: Bool {
        if case .chooser = self { true } else { false }
    }
}
