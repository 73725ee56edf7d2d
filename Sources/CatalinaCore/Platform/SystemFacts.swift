import Glibc

/// What is known of the machine.
package struct SystemFacts: Sendable {
    package let name: String
    package let version: String
    /// As Java names it: `amd64`.
    package let architecture: String
    package let hostName: String

    /// What runs the code, in the place of a JVM version.
    package static let runtime = "Swift 6.3"
    /// Who made that, in the place of a JVM vendor.
    package static let vendor = "Swift.org"

    package static let current: SystemFacts = {
        var facts = utsname()
        uname(&facts)
        let machine = withUnsafeBytes(of: &facts.machine) { Self.text($0) }
        return SystemFacts(
            name: withUnsafeBytes(of: &facts.sysname) { Self.text($0) },
            version: withUnsafeBytes(of: &facts.release) { Self.text($0) },
            architecture: machine == "x86_64" ? "amd64" : machine,
            hostName: withUnsafeBytes(of: &facts.nodename) { Self.text($0) }
        )
    }()

    /// Processors that the process may use.
    package static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
