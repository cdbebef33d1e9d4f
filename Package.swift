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
let algorithms: Target.Dependency = .product(name: "Algorithms", package: "swift-algorithms")

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
        .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.19.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
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
        .target(name: "TerminalUI", dependencies: [algorithms], swiftSettings: settings),
        .target(name: "NCursesBackend", dependencies: ["TerminalUI", "Waiting", "CNCurses"], swiftSettings: settings),

        // What `--version` says of the build; and, where `scripts/build-release` says so, what is linked in place of ICU's data.
        .target(
            name: "CBuildFacts",
            dependencies: ["CNghttp2", "CZlib"],
            cSettings: [
                ("GREETER_TUI_COMMIT", ""), ("GREETER_TUI_PACKAGES", ""), ("GREETER_TUI_ICU_DATA", "\""),
            ].compactMap { name, quote in
                Context.environment[name].map { .define(name, to: quote + $0 + quote) }
            }),

        // A lock for whose state tasks can wait, and work that may block.
        .target(name: "Waiting", swiftSettings: settings),

        // Programs that are run for what they write.
        .target(
            name: "ChildProcesses",
            dependencies: ["RPCCore", .product(name: "Subprocess", package: "swift-subprocess")],
            swiftSettings: settings),

        // Calls: what they are, and how they travel.
        .target(
            name: "RPCCore",
            dependencies: ["Waiting", algorithms, deque, .product(name: "Histogram", package: "hdrhistogram-swift")],
            swiftSettings: settings),
        .target(
            name: "ProtobufSchema", dependencies: ["RPCCore"], resources: [.embedInCode("well-known.protoset")],
            swiftSettings: settings),
        .target(
            name: "SchemaSources",
            dependencies: [
                "RPCCore", "ProtobufSchema", "GRPCWire", "ChildProcesses", "Waiting", deque,
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            resources: [
                .embedInCode("Protos/annotations.proto"), .embedInCode("Protos/http.proto"),
                .embedInCode("Protos/status.proto"), .embedInCode("Protos/error_details.proto"),
            ],
            swiftSettings: settings),
        .target(name: "Plans", dependencies: ["RPCCore", "Waiting", deque, "Yams"], swiftSettings: settings),
        .target(name: "Spool", dependencies: ["RPCCore", "Waiting"], swiftSettings: settings),
        .target(
            name: "WebSocketClient",
            dependencies: [
                "RPCCore", "TransportSupport", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .target(name: "EventStream", dependencies: ["RPCCore"], swiftSettings: settings),
        .target(
            name: "GatewayTransport",
            dependencies: [
                "RPCCore", "WebSocketClient", "EventStream", "TransportSupport", nioSSL,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ] + nio,
            swiftSettings: settings
        ),
        .target(
            name: "GRPCTransport",
            dependencies: [
                "RPCCore", "ProtobufSchema", "Spool", "TransportSupport", "HTTP2Session", "GRPCWire",
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
            name: "GRPCWire",
            dependencies: ["RPCCore", "ProtobufSchema", "CZlib", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .target(
            name: "HTTP2Session",
            dependencies: ["Waiting", "CNghttp2", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .target(
            name: "TransportSupport",
            dependencies: [
                "RPCCore", nioSSL,
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Greeter",
            dependencies: ["RPCCore", "ProtobufSchema", "Plans"],
            exclude: ["protos.cksum"],
            resources: [.embedInCode("greeter.protoset")],
            swiftSettings: settings
        ),
        .target(name: "Retry", dependencies: ["RPCCore", "Spool", "Waiting", algorithms], swiftSettings: settings),
        .target(
            name: "UserConfiguration",
            dependencies: [
                "RPCCore", "ChildProcesses", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        .target(
            name: "CallLogging", dependencies: ["RPCCore", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),
        .target(
            name: "History",
            dependencies: ["RPCCore", "Waiting", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings),
        .target(
            name: "DemoServer",
            dependencies: [
                "RPCCore", "ProtobufSchema", "TransportSupport", "Greeter", "HTTP2Session", "GRPCWire",
            ] + nio,
            swiftSettings: settings),

        // The workbench.
        .target(name: "WorkbenchModel", dependencies: ["RPCCore", "Plans", "Retry"], swiftSettings: settings),
        .target(
            name: "WorkbenchUI",
            dependencies: ["WorkbenchModel", "Waiting", "RPCCore", "Plans", "Retry", "TerminalUI", deque],
            swiftSettings: settings),
        .target(name: "Tapes", dependencies: ["TerminalUI", "RPCCore", "Waiting"], swiftSettings: settings),
        .executableTarget(
            name: "greeter-tui",
            dependencies: [
                "RPCCore", "Greeter", "Plans", "ProtobufSchema", "Retry", "SchemaSources", "TransportSupport",
                "GatewayTransport", "GRPCTransport",
                "DemoServer",
                "WorkbenchModel", "WorkbenchUI", "UserConfiguration", "CallLogging", "History",
                "Tapes", "TerminalUI",
                "NCursesBackend", "Waiting",
                "CBuildFacts",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),

        // What things cost; see scripts/bench.
        .executableTarget(
            name: "streams-benchmark",
            dependencies: [
                "BenchmarkSupport", "RPCCore", "Plans", "Greeter", "History", "GatewayTransport", "GRPCTransport",
            ] + nio,
            path: "Benchmarks/Streams",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "retry-layer-benchmark",
            dependencies: [
                "BenchmarkSupport", "RPCCore", "Plans", "Greeter", "Retry", "GatewayTransport", "DemoServer",
            ],
            path: "Benchmarks/RetryLayer",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "template-benchmark",
            dependencies: [
                "BenchmarkSupport", "RPCCore", "Plans", "Greeter", "ProtobufSchema", "GRPCTransport", "DemoServer",
            ],
            path: "Benchmarks/Templates",
            swiftSettings: settings
        ),
        .target(
            name: "BenchmarkSupport", dependencies: ["RPCCore"], path: "Benchmarks/Support",
            swiftSettings: settings),

        .executableTarget(
            name: "history-benchmark", dependencies: ["BenchmarkSupport", "RPCCore", "Greeter", "History"],
            path: "Benchmarks/History",
            swiftSettings: settings
        ),

        // Tests, cheapest first. `TestSupport` holds what several of them need.
        .target(
            name: "TestSupport", dependencies: ["RPCCore", "Plans", "Greeter"], path: "Tests/Support",
            exclude: ["Certificates"], swiftSettings: settings),

        // Frames of HTTP/2, made without the library whose user is tested with them.
        .target(
            name: "RawFrames", dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            path: "Tests/RawFrames", swiftSettings: settings),

        // Fuzzers; see docs/fuzzing.md. A test runs them over what is kept, `scripts/fuzz` over more.
        .target(
            name: "FuzzedWire",
            dependencies: [
                "HTTP2Session", "GRPCWire", "Greeter", "ProtobufSchema", "RPCCore", "RawFrames",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            path: "Tests/Fuzz/Wire", swiftSettings: settings),
        .target(
            name: "FuzzedTransports",
            dependencies: [
                "FuzzedWire", "GatewayTransport", "ProtobufSchema", "WebSocketClient", "EventStream", "GRPCTransport",
                "HTTP2Session",
                "GRPCWire", "RPCCore",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/Fuzz/Transports", swiftSettings: settings),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzedWire", "FuzzedTransports"], path: "Tests/Fuzz/Replay",
            swiftSettings: settings),

        .testTarget(name: "TerminalUITests", dependencies: ["TerminalUI"], swiftSettings: settings),
        .testTarget(
            name: "NCursesBackendTests", dependencies: ["NCursesBackend", "CNCurses", "TerminalUI"],
            swiftSettings: settings),
        .testTarget(
            name: "RPCCoreTests", dependencies: ["RPCCore", "Plans", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "PlansTests",
            dependencies: ["Plans", "ProtobufSchema", "RPCCore", "TestSupport"],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "UserConfigurationTests",
            dependencies: ["UserConfiguration", "RPCCore", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "CallLoggingTests",
            dependencies: [
                "CallLogging", "RPCCore", "Plans", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "recording-child", dependencies: ["RPCCore", "Greeter", "History"], path: "Tests/RecordingChild",
            swiftSettings: settings
        ),
        .testTarget(
            name: "HistoryTests",
            dependencies: [
                "History", "RPCCore", "Plans", "ProtobufSchema", "TestSupport", "recording-child",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Databases"], swiftSettings: settings),
        .testTarget(
            name: "RetryTests", dependencies: ["Retry", "Spool", "RPCCore", "Plans", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "WorkbenchModelTests",
            dependencies: ["WorkbenchModel", "RPCCore", "Plans", "ProtobufSchema", "Retry", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WorkbenchUITests",
            dependencies: [
                "WorkbenchUI", "WorkbenchModel", "RPCCore", "Plans", "ProtobufSchema", "Retry", "TerminalUI",
                "TestSupport", "Waiting",
            ],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ProtobufSchemaTests", dependencies: ["ProtobufSchema", "RPCCore"], exclude: ["Vectors"],
            swiftSettings: settings),
        .executableTarget(
            name: "protobuf-conformance", dependencies: ["ProtobufSchema"], path: "Tests/ProtobufConformance",
            exclude: ["expected-failures.txt"], resources: [.embedInCode("conformance.protoset")],
            swiftSettings: settings),
        .testTarget(
            name: "GreeterTests",
            dependencies: [
                "Greeter", "ProtobufSchema", "TestSupport", "RPCCore",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SchemaSourcesTests",
            dependencies: [
                "SchemaSources", "ProtobufSchema", "GRPCWire", "RPCCore", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "schema-client", dependencies: ["SchemaSources", "ProtobufSchema", "GRPCTransport", "RPCCore"],
            path: "Tests/SchemaClient", swiftSettings: settings),
        .testTarget(
            name: "TapesTests",
            dependencies: ["Tapes", "TerminalUI", "RPCCore", "TestSupport"],
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
                "HTTP2Session", "RawFrames", .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GatewayTransportTests",
            dependencies: [
                "GatewayTransport", "WebSocketClient", "EventStream", "TransportSupport", "RPCCore", "Plans",
                "ProtobufSchema", "TestSupport",
                nioSSL,
            ] + nio,
            swiftSettings: settings
        ),
        .executableTarget(
            name: "autobahn-client",
            dependencies: ["GatewayTransport", "WebSocketClient", "TransportSupport", "Greeter", "RPCCore", "Plans"]
                + nio,
            path: "Tests/AutobahnClient", swiftSettings: settings),
        .testTarget(
            name: "DemoServerTests",
            dependencies: [
                "DemoServer", "Greeter", "ProtobufSchema", "HTTP2Session", "GRPCWire", "RPCCore", "TestSupport",
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "TransportContractTests",
            dependencies: [
                "GatewayTransport", "GRPCTransport", "Retry", "DemoServer", "RPCCore", "Plans", "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GRPCTransportTests",
            dependencies: [
                "GRPCTransport", "GRPCWire", "GatewayTransport", "TransportSupport", "HTTP2Session",
                "DemoServer", "RPCCore", "Plans", "RawFrames", "TestSupport", nioSSL,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "FaultedProgramTests",
            dependencies: [
                "WorkbenchUI", "WorkbenchModel", "Retry", "GatewayTransport", "DemoServer", "RPCCore", "Plans",
                "TerminalUI", "TestSupport",
            ] + nio,
            swiftSettings: settings
        ),
        .testTarget(
            name: "WorkbenchTests",
            dependencies: ["greeter-tui", "RPCCore", "Plans", "WorkbenchModel", "TerminalUI", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["greeter-tui", "RPCCore", "TestSupport", nioSSL] + nio,
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
