import RPCCore
import TestSupport
import Testing
import UserConfiguration

@Suite("Settings with numbers that nothing has")
struct ExtremeTests {
    @Test("Any text is a value that can be written again, or none", arguments: Extremes.texts)
    func values(text: String) {
        for unit in ["", "us", "ms", "s", "m", "h"] {
            let text = text + unit
            if let value = Int(settingText: text) { #expect(!value.settingText.isEmpty) }
            if let value = UInt64(settingText: text) { #expect(!value.settingText.isEmpty) }
            if let value = Double(settingText: text) { #expect(value.isFinite && !value.settingText.isEmpty) }
            if let value = Duration(settingText: text) {
                #expect(value >= .zero && value <= .longest && !value.settingText.isEmpty)
            }
            if let value = Duration?(settingText: text) { #expect(!value.settingText.isEmpty) }
        }
    }
}
