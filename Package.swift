// swift-tools-version: 6.2
import PackageDescription

/// With `GREETER_TUI_STRICT=1` in the environment, as in CI, a warning in a target of this package is an error.
let isStrict = Context.environment["GREETER_TUI_STRICT"] == "1"

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "NIOWebSocket", package: "swift-nio"),
    .product(name: "NIOFoundationCompat", package: "swift-nio"),
]
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")

let package = Package(
    name: "greeter-tui",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "greeter-tui", targets: ["greeter-tui"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.19.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // The terminal, from the C library up.
        .target(
            name: "CNCurses",
            cSettings: isStrict ? [.treatAllWarnings(as: .error)] : [],
            linkerSettings: [
                .linkedLibrary("ncursesw", .when(platforms: [.linux])),
                .linkedLibrary("tinfo", .when(platforms: [.linux])),
                .linkedLibrary("ncurses", .when(platforms: [.macOS])),
            ]
        ),
        .target(name: "TerminalUI", swiftSettings: settings),
        .target(name: "NCursesBackend", dependencies: ["TerminalUI", "Waiting", "CNCurses"], swiftSettings: settings),

        // A lock for whose state tasks can wait, and work that may block.
        .target(name: "Waiting", swiftSettings: settings),

        // Calls: what they are, and how they travel.
        .target(
            name: "GreeterCore",
            dependencies: ["Waiting", deque, .product(name: "Histogram", package: "hdrhistogram-swift")],
            swiftSettings: settings),
        .target(name: "GreeterPlans", dependencies: ["GreeterCore", "Yams"], swiftSettings: settings),
        .target(
            name: "GatewayTransport",
            dependencies: [
                "GreeterCore", "TransportSupport", nioSSL,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ] + nio,
            swiftSettings: settings
        ),
        .target(
            name: "GRPCTransport",
            dependencies: [
                "GreeterCore", "TransportSupport", "HTTP2Session", "GRPCWire",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"]), .brew(["nghttp2"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(
            name: "GRPCWire", dependencies: ["GreeterCore", "CZlib", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .target(
            name: "HTTP2Session",
            dependencies: ["Waiting", "CNghttp2", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .target(
            name: "TransportSupport",
            dependencies: [
                "GreeterCore", nioSSL,
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "GreeterProtos",
            exclude: ["protos.cksum"],
            resources: [.embedInCode("greeter.protoset")],
            swiftSettings: settings
        ),
        .target(name: "GreeterRetry", dependencies: ["GreeterCore", "Waiting", deque], swiftSettings: settings),
        .target(
            name: "GreeterConfiguration", dependencies: ["GreeterCore", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
        .target(
            name: "GreeterLogging", dependencies: ["GreeterCore", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),
        .target(
            name: "GreeterHistory",
            dependencies: ["GreeterCore", "Waiting", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings),
        .target(
            name: "GreeterDemoServer",
            dependencies: [
                "GreeterCore", "TransportSupport", "GreeterProtos", "HTTP2Session", "GRPCWire",
            ] + nio,
            swiftSettings: settings),

        // The workbench.
        .target(name: "GreeterViewModel", dependencies: ["GreeterCore", "GreeterRetry"], swiftSettings: settings),
        .target(
            name: "GreeterUI",
            dependencies: ["GreeterViewModel", "Waiting", "GreeterCore", "GreeterRetry", "TerminalUI", deque],
            swiftSettings: settings),
        .target(name: "GreeterTapes", dependencies: ["TerminalUI", "GreeterCore", "Waiting"], swiftSettings: settings),
        .executableTarget(
            name: "greeter-tui",
            dependencies: [
                "GreeterCore", "GreeterPlans", "GreeterRetry", "TransportSupport", "GatewayTransport", "GRPCTransport",
                "GreeterDemoServer",
                "GreeterViewModel", "GreeterUI", "GreeterConfiguration", "GreeterLogging", "GreeterHistory",
                "GreeterTapes", "TerminalUI",
                "NCursesBackend", "Waiting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),

        // What things cost; see scripts/bench.
        .executableTarget(
            name: "streams-benchmark",
            dependencies: [
                "BenchmarkSupport", "GreeterCore", "GreeterHistory", "GatewayTransport", "GRPCTransport",
            ] + nio,
            path: "Benchmarks/Streams",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "retry-layer-benchmark",
            dependencies: [
                "BenchmarkSupport", "GreeterCore", "GreeterRetry", "GatewayTransport", "GreeterDemoServer",
            ],
            path: "Benchmarks/RetryLayer",
            swiftSettings: settings
        ),
        .target(
            name: "BenchmarkSupport", dependencies: ["GreeterCore"], path: "Benchmarks/Support",
            swiftSettings: settings),

        .executableTarget(
            name: "history-benchmark", dependencies: ["BenchmarkSupport", "GreeterCore", "GreeterHistory"],
            path: "Benchmarks/History",
            swiftSettings: settings
        ),

        // Tests, cheapest first. `GreeterTestSupport` holds what several of them need.
        .target(
            name: "GreeterTestSupport", dependencies: ["GreeterCore"], path: "Tests/Support",
            exclude: ["Certificates"], swiftSettings: settings),

        // Fuzzers; see docs/fuzzing.md. A test runs them over what is kept, `scripts/fuzz` over more.
        .target(
            name: "FuzzedWire",
            dependencies: [
                "HTTP2Session", "GRPCWire", "GreeterCore", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            path: "Tests/Fuzz/Wire", swiftSettings: settings),
        .target(
            name: "FuzzedTransports",
            dependencies: [
                "FuzzedWire", "GatewayTransport", "GRPCTransport", "HTTP2Session", "GRPCWire", "GreeterCore",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/Fuzz/Transports", swiftSettings: settings),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzedWire", "FuzzedTransports"], path: "Tests/Fuzz/Replay",
            swiftSettings: settings),

        .testTarget(name: "TerminalUITests", dependencies: ["TerminalUI"], swiftSettings: settings),
        .testTarget(
            name: "NCursesBackendTests", dependencies: ["NCursesBackend", "TerminalUI"], swiftSettings: settings),
        .testTarget(
            name: "GreeterCoreTests", dependencies: ["GreeterCore", "GreeterTestSupport"], swiftSettings: settings),
        .testTarget(
            name: "GreeterPlansTests",
            dependencies: ["GreeterPlans", "GreeterCore", "GreeterTestSupport"],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GreeterConfigurationTests",
            dependencies: ["GreeterConfiguration", "GreeterCore", "GreeterTestSupport"], swiftSettings: settings),
        .testTarget(
            name: "GreeterLoggingTests",
            dependencies: [
                "GreeterLogging", "GreeterCore", "GreeterTestSupport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "recording-child", dependencies: ["GreeterCore", "GreeterHistory"], path: "Tests/RecordingChild",
            swiftSettings: settings
        ),
        .testTarget(
            name: "GreeterHistoryTests",
            dependencies: [
                "GreeterHistory", "GreeterCore", "GreeterTestSupport", "recording-child",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Databases"], swiftSettings: settings),
        .testTarget(
            name: "GreeterRetryTests", dependencies: ["GreeterRetry", "GreeterCore", "GreeterTestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "GreeterViewModelTests",
            dependencies: ["GreeterViewModel", "GreeterCore", "GreeterRetry", "GreeterTestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GreeterUITests",
            dependencies: [
                "GreeterUI", "GreeterViewModel", "GreeterCore", "GreeterRetry", "TerminalUI", "GreeterTestSupport",
            ],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GreeterProtosTests",
            dependencies: [
                "GreeterProtos", "GRPCWire", "GreeterCore", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GreeterTapesTests",
            dependencies: ["GreeterTapes", "TerminalUI", "GreeterCore", "GreeterTestSupport"],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "http2-peer",
            dependencies: [
                "HTTP2Session", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/HTTP2Peer", swiftSettings: settings
        ),
        .testTarget(
            name: "HTTP2SessionTests",
            dependencies: [
                "HTTP2Session", .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GatewayTransportTests",
            dependencies: ["GatewayTransport", "TransportSupport", "GreeterCore", "GreeterTestSupport", nioSSL] + nio,
            swiftSettings: settings
        ),
        .executableTarget(
            name: "autobahn-client", dependencies: ["GatewayTransport", "TransportSupport", "GreeterCore"] + nio,
            path: "Tests/AutobahnClient", swiftSettings: settings),
        .testTarget(
            name: "GreeterDemoServerTests",
            dependencies: [
                "GreeterDemoServer", "HTTP2Session", "GRPCWire", "GreeterCore", "GreeterTestSupport",
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "TransportContractTests",
            dependencies: [
                "GatewayTransport", "GRPCTransport", "GreeterRetry", "GreeterDemoServer", "GreeterCore",
                "GreeterTestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GRPCTransportTests",
            dependencies: [
                "GRPCTransport", "GRPCWire", "GatewayTransport", "TransportSupport", "HTTP2Session",
                "GreeterDemoServer", "GreeterCore", "GreeterTestSupport", nioSSL,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "FaultedProgramTests",
            dependencies: [
                "GreeterUI", "GreeterViewModel", "GreeterRetry", "GatewayTransport", "GreeterDemoServer", "GreeterCore",
                "TerminalUI", "GreeterTestSupport",
            ] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "WorkbenchTests",
            dependencies: ["greeter-tui", "GreeterCore", "GreeterViewModel", "TerminalUI", "GreeterTestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["greeter-tui", "GreeterCore", "GreeterTestSupport", nioSSL] + nio,
            exclude: ["Golden"],
            swiftSettings: settings
        ),
    ]
)

/// The programs of `scripts/fuzz`, for `GREETER_TUI_FUZZ=1` in the environment: they are linked with libFuzzer.
if Context.environment["GREETER_TUI_FUZZ"] == "1" {
    package.targets += [
        .executableTarget(
            name: "fuzz-wire", dependencies: ["FuzzedWire"], path: "Tests/Fuzz/WireMain", swiftSettings: settings),
        .executableTarget(
            name: "fuzz-transports", dependencies: ["FuzzedTransports", "FuzzedWire"],
            path: "Tests/Fuzz/TransportsMain", swiftSettings: settings),
    ]
}

/// What `scripts/sanitize` runs, built with a sanitizer: for `GREETER_TUI_SANITIZE=thread` or `=address` in the environment.
if let sanitizer = Context.environment["GREETER_TUI_SANITIZE"] {
    let sanitized = ["HTTP2SessionTests", "GRPCTransportTests", "TransportContractTests"]
    package.targets.removeAll { $0.type == .test && !sanitized.contains($0.name) }
    #if os(Linux)
        if sanitizer == "thread" {
            package.targets.append(.target(name: "CSanitizers", path: "Tests/Sanitizers"))
            for target in package.targets where target.type == .test { target.dependencies.append("CSanitizers") }
        }
    #endif
}
