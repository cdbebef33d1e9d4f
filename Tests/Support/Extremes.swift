/// Numbers, and what pretends to be one, that no conversion may trap on.
public enum Extremes {
    /// As texts: of headers, settings, fields of files.
    public static let texts: [String] =
        numbers + [
            "", " ", "-", "NaN", "nan", "inf", "-inf", "Infinity", "0x7fffffffffffffff", "1e400", "1_000",
            "\u{0661}", String(repeating: "9", count: 10_000), "-" + String(repeating: "9", count: 10_000),
            "0." + String(repeating: "0", count: 10_000) + "1",
        ]

    /// Those on which conversions trap that are not guarded at all, where each costs a process.
    public static let few: [String] = ["9223372036854775807", "1e308"]

    /// As numbers of JSON and YAML.
    public static let numbers: [String] = [
        "0", "-0", "-1", "1", "2147483647", "2147483648", "-2147483649", "4294967296", "9223372036854775806",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551615", "18446744073709551616", "281474976710656", "281474976710657", "1e18", "1e19", "1e308",
        "-1e308", "1e-308", "0.5", "8999999999", "-8999999999",
    ]
}
