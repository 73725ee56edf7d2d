// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ServletAPI",
    products: [.library(name: "ServletAPI", type: .dynamic, targets: ["ServletAPI"])],
    targets: [
        .target(
            name: "ServletAPI",
            path: ".",
            exclude: [],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .treatAllWarnings(as: .error),
            ]
        )
    ]
)
