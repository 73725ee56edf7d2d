import COpenSSL

/// The versions that a `protocols` attribute asks for, as far as they are served.
///
/// Shape: names separated by `,`, `+` or `-`; `-` takes the name away, `all` stands for every version.
/// Tomcat counterpart: `SSLHostConfig.setProtocols`.
struct TLSProtocols: Equatable {
    /// Served versions by name, oldest first.
    private static let served: [(name: String, version: Int32)] = [
        ("tlsv1.2", TLS1_2_VERSION), ("tlsv1.3", TLS1_3_VERSION),
    ]
    /// Versions with known weaknesses: their names are understood and ignored.
    private static let refused: Set<String> = ["sslv2hello", "sslv2", "sslv3", "tlsv1", "tlsv1.0", "tlsv1.1"]

    var minimum: Int32
    var maximum: Int32

    /// - Throws: ``CoyoteError`` `configuration` for an unknown name or when nothing is left.
    init(_ text: String) throws(CoyoteError) {
        var enabled: Set<String> = []
        var sign = "+"
        var word = ""
        for character in text + "," {
            guard character == "," || character == "+" || character == "-" else {
                if character != " " { word.append(character) }
                continue
            }
            try Self.apply(sign, word.asciiLowercased, to: &enabled, text)
            word = ""
            sign = character == "-" ? "-" : "+"
        }
        let versions = Self.served.filter { enabled.contains($0.name) }.map(\.version)
        guard let first = versions.first, let last = versions.last else {
            throw CoyoteError(.configuration, "protocols=\"\(text)\" leaves neither TLSv1.2 nor TLSv1.3")
        }
        self.minimum = first
        self.maximum = last
    }

    /// The versions as Tomcat writes them, oldest first.
    var names: [String] {
        Self.served.filter { self.minimum <= $0.version && $0.version <= self.maximum }
            .map { $0.name.replacing("tls", with: "TLS", maxReplacements: 1) }
    }

    private static func apply(
        _ sign: String,
        _ name: String,
        to enabled: inout Set<String>,
        _ text: String
    ) throws(CoyoteError) {
        guard !name.isEmpty, !Self.refused.contains(name) else { return }
        let names = name == "all" ? Self.served.map(\.name) : [name]
        for name in names {
            guard Self.served.contains(where: { $0.name == name }) else {
                throw CoyoteError(.configuration, "protocols=\"\(text)\": [\(name)] is not a version of TLS")
            }
            if sign == "-" { enabled.remove(name) } else { enabled.insert(name) }
        }
    }
}
