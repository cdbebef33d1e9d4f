import ArgumentParser
import UserConfiguration

extension Setting where Value: SettingWord {
    /// The help of the flag that sets it: the text, the words to choose from, what holds unless it is given, and the
    /// variable that sets it, too.
    func help(_ text: String, valueName: String? = nil) -> ArgumentHelp {
        ArgumentHelp(
            SettingHelp.text(text, words: Value.words, fallback: fallback.settingText, variable: variable),
            valueName: valueName)
    }

    /// What the shell may offer as its value.
    var completion: CompletionKind? { Value.words.isEmpty ? nil : .list(Value.words) }
}

extension SettingDeclaration {
    /// The help of the flag that sets it, where there is no more to say than the text.
    func plainHelp(_ text: String, valueName: String? = nil) -> ArgumentHelp {
        ArgumentHelp(SettingHelp.text(text, words: [], fallback: nil, variable: variable), valueName: valueName)
    }
}

private enum SettingHelp {
    static func text(_ text: String, words: [String], fallback: String?, variable: String?) -> String {
        let isSwitch = words == Bool.words
        var notes: [String] = words.isEmpty || isSwitch ? [] : ["values: \(words.joined(separator: ", "))"]
        if let fallback, !isSwitch { notes.append("default: \(fallback)") }
        if let variable { notes.append("variable: \(variable)") }
        return notes.isEmpty ? text : "\(text) (\(notes.joined(separator: "; ")))"
    }
}
