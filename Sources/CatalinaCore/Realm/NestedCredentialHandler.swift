package import Modeler
import Synchronization

/// Several ways of storing passwords side by side: any of them may match, the first makes new ones.
///
/// Source: `org.apache.catalina.realm.NestedCredentialHandler`.
package final class NestedCredentialHandler: CredentialHandler, CredentialHandlerContainer, ConfigurableComponent {
    package struct Configuration: Sendable {
        package init() {}
    }

    package let configuration: Configuration
    private let handlers = Mutex<[any CredentialHandler]>([])

    package init(configuration: Configuration = Configuration()) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<NestedCredentialHandler>(
        className: "org.apache.catalina.realm.NestedCredentialHandler",
        kind: .credentialHandler,
        "Several ways of storing passwords side by side",
        defaults: Configuration(),
        attributes: []
    )

    package var nested: [any CredentialHandler] { self.handlers.withLock { $0 } }
    package func add(_ handler: any CredentialHandler) { self.handlers.withLock { $0.append(handler) } }

    package func matches(_ password: String, stored: String) -> Bool {
        self.nested.contains { $0.matches(password, stored: stored) }
    }

    package func mutate(_ password: String) -> String? { self.nested.first?.mutate(password) }

    package func isSlow(against stored: String?) -> Bool { self.nested.contains { $0.isSlow(against: stored) } }
}
