import Synchronization

/// Named texts that the whole process shares: what Java calls system properties.
///
/// Filled from `-D` arguments first, then from `catalina.properties` for names not yet set, then with
/// what the server computes. Configuration files refer to them as `${name}`.
///
/// Isolation: any thread.
package final class SystemProperties: Sendable {
    /// The process-wide map.
    package static let shared = SystemProperties()

    private let values: Mutex<[String: String]>

    package init(_ values: [String: String] = [:]) {
        self.values = Mutex(values)
    }

    package subscript(name: String) -> String? {
        get { self.values.withLock { $0[name] } }
        set { self.values.withLock { $0[name] = newValue } }
    }

    /// Every property at this moment.
    package var all: [String: String] { self.values.withLock { $0 } }

    /// Sets a property unless it has a value, and returns the one it then has.
    @discardableResult
    package func setIfAbsent(_ name: String, to value: String) -> String {
        self.values.withLock { values in
            if let present = values[name] { return present }
            values[name] = value
            return value
        }
    }

    /// Whether a property is the word `true` in any case; one that is not set is not.
    package func isTrue(_ name: String) -> Bool {
        self[name].map { Bool(attributeText: $0) } ?? false
    }
}
