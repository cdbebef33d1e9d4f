import RPCCore

extension State {
    /// Opens a chooser where the plan's files are.
    mutating func browse(_ purpose: FileChooser.Purpose, text: String = "") -> [Effect] {
        let directory = composer.document.directory
        let chooser = FileChooser(purpose, base: directory.isEmpty ? workingDirectory : directory, text: text)
        return open(chooser) + [.plan(.list(chooser.query))]
    }

    /// Looks for a file for the field that has the focus.
    mutating func browseForField() -> [Effect] {
        switch overlay {
        case .form(let form) where form.fields[form.focus].isPath: browse(.records)
        case .message(let form) where form.chosenPath != nil: browse(.records)
        default: []
        }
    }

    /// Puts the path of a file into the field that it was looked for in.
    mutating func takeRecords(_ path: String) -> [Effect] {
        if case .message(var form) = overlay, let index = form.chosenPath {
            form.setExtra(index, PathText.written(path, in: composer.document.directory))
            replaceOverlay(form)
            return []
        }
        guard case .form(var form) = overlay, form.fields[form.focus].isPath else { return [] }
        let effects = form.edit(PathText.written(path, in: composer.document.directory))
        replaceOverlay(form)
        return effects
    }

    mutating func listed(_ query: DirectoryQuery, _ result: Result<DirectoryListing, FileProblem>) -> [Effect] {
        guard case .chooser(var chooser) = overlay, chooser.query == query else { return [] }
        let isAccepted = chooser.isAccepted
        chooser.isAccepted = false
        switch result {
        case .success(let listing): chooser.show(listing)
        case .failure(let problem): chooser.problem = problem.text
        }
        replaceOverlay(chooser)
        return isAccepted ? chooser.accept(in: &self) : []
    }
}
