// swift-tools-version: 6.2
import PackageDescription

/// What every target is built with: Swift 6 mode, the upcoming features of the house style, warnings as errors.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioConcurrency: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let servletAPI: Target.Dependency = .product(name: "ServletAPI", package: "ServletAPI")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        resources: resources,
        swiftSettings: settings
    )
}

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: settings)
}

let systemLibraries: [Target] = [
    system("CLibXML2", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),
    system("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
    system("CLibArchive", pkgConfig: "libarchive", apt: "libarchive-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
]

let container: [Target] = [
    library("Modeler"),
    library("Juli", [log]),
    library("ServerConfig", ["CLibXML2", "Modeler"]),
    library("Coyote", ["Modeler", "COpenSSL", nioCore, nioPosix, log]),
    library(
        "CatalinaCore",
        ["Modeler", "Coyote", "COpenSSL", servletAPI, nioCore, nioPosix, nioConcurrency, log]
    ),
    library("CatalinaSession", ["CatalinaCore", "Coyote", "Modeler", servletAPI]),
    library("CatalinaManager", ["CatalinaCore", "Coyote", "Modeler", servletAPI]),
    library(
        "CatalinaStartup",
        [
            "CatalinaCore", "CatalinaSession", "CatalinaManager", "CatalinaHA", "Tribes", "ServerConfig", "Coyote",
            "Modeler", "Juli", "CLibArchive", servletAPI, nioPosix,
        ]
    ),
    .executableTarget(name: "catalina", dependencies: ["CatalinaStartup"], swiftSettings: settings),
]

let cluster: [Target] = [
    library("JavaSerialization", [nioCore]),
    library("Tribes", ["JavaSerialization", "Modeler", "COpenSSL", "CZlib", nioCore, nioPosix, log]),
    library(
        "CatalinaHA",
        [
            "CatalinaSession", "CatalinaCore", "Tribes", "ServerConfig", "JavaSerialization", "Modeler", servletAPI,
            nioCore,
        ]
    ),
]

let repository: [Target] = [
    library("RepositoryCore", ["COpenSSL"]),
    library("RepositoryStorage", ["RepositoryCore", grdb]),
    library("RepositoryIndex", ["RepositoryCore", grdb, sqlite]),
    library("RepositorySync", ["RepositoryCore"]),
    library(
        "RepositoryWebapp",
        ["RepositoryCore", "RepositoryStorage", "RepositoryIndex", "RepositorySync", servletAPI]
    ),
]

let webapps: [Target] = [
    library("ExamplesWebapp", [servletAPI]),
    library("ExamplesModule", ["ExamplesWebapp", servletAPI]),
    .target(
        name: "ProbeWebapp",
        dependencies: [servletAPI],
        path: "Tests/ProbeWebapp",
        exclude: ["webapps"],
        swiftSettings: settings
    ),
]

let testTargets: [Target] = [
    .target(
        name: "TestSupport",
        dependencies: [nioPosix, log],
        path: "Tests/TestSupport",
        swiftSettings: settings
    ),
    .target(
        name: "ClusterSupport",
        dependencies: ["Tribes", "TestSupport", nioCore, nioEmbedded],
        path: "Tests/ClusterSupport",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "CrashWriter",
        dependencies: ["RepositoryStorage", "RepositoryIndex", "RepositoryCore"],
        path: "Tests/CrashWriter",
        swiftSettings: settings
    ),
    tests("Modeler", ["Modeler"]),
    tests("Juli", ["Juli", log, "TestSupport"]),
    tests("ServerConfig", ["ServerConfig", "Modeler", "TestSupport"]),
    tests("Coyote", ["Coyote", "COpenSSL", nioCore, nioPosix, "TestSupport"]),
    tests(
        "CatalinaCore",
        ["CatalinaCore", "CatalinaSession", "Coyote", "Modeler", servletAPI, nioCore, nioPosix, "TestSupport"]
    ),
    tests("JavaSerialization", ["JavaSerialization", nioCore, "TestSupport"]),
    tests(
        "Tribes",
        [
            "Tribes", "ClusterSupport", "JavaSerialization", "Modeler", nioCore, nioEmbedded, nioPosix, "TestSupport",
        ]
    ),
    tests(
        "CatalinaHA",
        [
            "CatalinaHA", "CatalinaSession", "CatalinaCore", "Tribes", "JavaSerialization",
            "Modeler", servletAPI, nioCore, "TestSupport",
        ]
    ),
    tests(
        "ClusterSimulation",
        [
            "CatalinaHA", "CatalinaSession", "CatalinaCore", "Tribes", "ClusterSupport", "JavaSerialization", nioCore,
            nioEmbedded, "TestSupport",
        ]
    ),
    tests("CatalinaSession", ["CatalinaSession", "CatalinaCore", "Modeler", servletAPI, "TestSupport"]),
    tests(
        "CatalinaManager",
        ["CatalinaManager", "CatalinaCore", "CatalinaSession", "Coyote", "Modeler", servletAPI, "TestSupport"]
    ),
    tests(
        "CatalinaStartup",
        [
            "CatalinaStartup", "CatalinaCore", "CatalinaHA", "Tribes", "Coyote", "ServerConfig", "Modeler",
            "TestSupport",
        ]
    ),
    tests("RepositoryCore", ["RepositoryCore", "TestSupport"]),
    tests("RepositorySync", ["RepositorySync", "RepositoryCore"]),
    tests(
        "RepositoryStorage",
        ["RepositoryStorage", "RepositoryIndex", "RepositoryCore", "CrashWriter", grdb, "TestSupport"]
    ),
    tests("RepositoryIndex", ["RepositoryIndex", "RepositoryCore", grdb, "TestSupport"]),
    tests("ServletAPI", [servletAPI]),
    tests("ExamplesWebapp", ["ExamplesWebapp", servletAPI, "TestSupport"]),
    tests("RepositoryWebapp", ["RepositoryWebapp", "RepositoryStorage", "RepositoryCore", servletAPI, "TestSupport"]),
    tests("Tidy", []),
]

let package = Package(
    name: "caracal",
    products: [
        .executable(name: "catalina", targets: ["catalina"]),
        .library(name: "RepositoryWebapp", type: .dynamic, targets: ["RepositoryWebapp"]),
        .library(name: "ExamplesWebapp", type: .dynamic, targets: ["ExamplesModule"]),
        .library(name: "ProbeWebapp", type: .dynamic, targets: ["ProbeWebapp"]),
    ],
    dependencies: [
        .package(path: "Sources/ServletAPI"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: systemLibraries + container + cluster + repository + webapps + testTargets
)

// With `CARACAL_TESTS=Coyote,Modeler` in the environment only those test targets and what they need are
// kept, so that `swift test` builds a few modules instead of all.
if let names = Context.environment["CARACAL_TESTS"] {
    var kept: Set<String> = []
    var open: [String] = names.split(separator: ",").map { String($0) + "Tests" }
    while let name = open.popLast() {
        guard kept.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else {
            continue
        }
        for dependency in target.dependencies {
            if case .byNameItem(let name, _) = dependency { open.append(name) }
        }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll { product in
        !kept.isSuperset(of: (product as? Product.Library)?.targets ?? [product.name])
    }
}

// With `CARACAL_FUZZ` in the environment the package is a static library for libFuzzer: `Tests/fuzz.sh`.
if Context.environment["CARACAL_FUZZ"] != nil {
    let names: Set<String> = ["Coyote", "JavaSerialization", "Tribes", "Modeler", "COpenSSL", "CZlib"]
    package.targets.removeAll { !names.contains($0.name) }
    package.targets.append(
        .target(
            name: "Fuzz",
            dependencies: ["Coyote", "JavaSerialization", "Tribes", nioCore],
            path: "Tests/Fuzz",
            swiftSettings: settings
        )
    )
    package.products = [.library(name: "Fuzz", type: .static, targets: ["Fuzz"])]
}
