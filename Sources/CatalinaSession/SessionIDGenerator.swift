package import Modeler

/// Makes session ids: random bytes as upper-case hexadecimal digits, then the route.
///
/// Source: `org.apache.catalina.util.StandardSessionIdGenerator`.
package final class StandardSessionIDGenerator: ConfigurableComponent, Sendable {
    package struct Configuration: Sendable {
        /// Random bytes of an id; two digits each.
        package var sessionIdLength = 16
        /// Appended behind a dot; the Engine's if unset.
        package var jvmRoute: String?

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<StandardSessionIDGenerator>(
        className: "org.apache.catalina.util.StandardSessionIdGenerator",
        kind: .sessionIdGenerator,
        "Makes session ids",
        defaults: Configuration(),
        attributes: [
            Attribute("sessionIdLength", \.sessionIdLength, "Random bytes of an id"),
            Attribute("jvmRoute", \.jvmRoute, "Appended behind a dot; the Engine's if unset"),
            .ignored("secureRandomClass", "Accepted; ids come from the system's generator"),
            .ignored("secureRandomProvider", "Accepted; ids come from the system's generator"),
            .ignored("secureRandomAlgorithm", "Accepted; ids come from the system's generator"),
        ]
    )

    /// Fewer random bytes are not used, whatever the configuration says: such ids could be guessed, and would run out.
    static let lengthMinimum = 4

    package let configuration: Configuration

    package init(configuration: Configuration) { self.configuration = configuration }

    /// A new id; `route` is the Engine's, used unless the generator has its own.
    package func make(route: String?) -> String {
        var generator = SystemRandomNumberGenerator()
        return self.make(route: route, using: &generator)
    }

    func make(route: String?, using generator: inout some RandomNumberGenerator) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        let length = max(Self.lengthMinimum, self.configuration.sessionIdLength)
        bytes.reserveCapacity(2 * length)
        var pool: UInt64 = 0
        for index in 0..<length {
            if index % 8 == 0 { pool = generator.next() }
            bytes.append(digits[Int(pool >> 4 & 15)])
            bytes.append(digits[Int(pool & 15)])
            pool >>= 8
        }
        let id = String(decoding: bytes, as: UTF8.self)
        guard let route = self.configuration.jvmRoute ?? route, !route.isEmpty else { return id }
        return id + "." + route
    }
}
