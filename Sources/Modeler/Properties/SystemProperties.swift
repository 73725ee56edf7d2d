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

    /// Takes the entries of a properties file for names that have no value yet; references in them are replaced.
    package func merge(_ file: PropertiesFile, substitution: PropertySubstitution) {
        for (name, value) in file.dictionary {
            self.setIfAbsent(name, to: substitution.replace(value).text)
        }
    }

    /// Replaces references in the values themselves (`org.apache.tomcat.util.digester.REPLACE_SYSTEM_PROPERTIES`).
    package func replaceReferences(with substitution: PropertySubstitution) {
        for (name, value) in self.all where value.utf8.contains(UInt8(ascii: "$")) {
            self[name] = substitution.replace(value).text
        }
    }

    /// Whether a property is the word `true` in any case; one that is not set is not.
    package func isTrue(_ name: String) -> Bool {
        self[name].map { Bool(attributeText: $0) } ?? false
    }
}
