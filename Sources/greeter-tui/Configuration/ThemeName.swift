import UserConfiguration
import WorkbenchUI

/// The looks of the workbench, by name.
enum ThemeName: String, CaseIterable, SettingWord {
    /// Light where the terminal says that it is light, else dark.
    case `default`
    case dark
    case light
    case mono

    func theme(environment: [String: String]) -> Theme {
        switch self {
        case .default: Self.isLight(environment["COLORFGBG"]) ? .light : .dark
        case .dark: .dark
        case .light: .light
        case .mono: .mono
        }
    }

    /// Whether `foreground;background`, as some terminals have it, names a light background: white, or bright but black.
    private static func isLight(_ colours: String?) -> Bool {
        guard let background = colours?.split(separator: ";").last.flatMap({ Int($0) }) else { return false }
        return background == 7 || (9...15).contains(background)
    }
}
