package import Modeler
import Synchronization

/// Several realms, asked in order.
///
/// Source: `org.apache.catalina.realm.CombinedRealm`.
package final class CombinedRealm: Realm, RealmContainer, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// What all realms have.
        package var settings = RealmSettings()

        package init() {}
    }

    private let live: LiveSettings<Configuration, Void>
    private let realms = Mutex<[any Realm]>([])

    package init(configuration: Configuration) { self.live = LiveSettings(configuration) }

    package var configuration: Configuration { self.live.value }
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws { try self.live.change(change) }

    package static let descriptor = ComponentDescriptor<CombinedRealm>(
        className: "org.apache.catalina.realm.CombinedRealm",
        kind: .realm,
        "Several realms, asked in order",
        defaults: Configuration(),
        attributes: RealmSettings.attributes.nested(in: \.settings)
    )

    package var settings: RealmSettings { self.configuration.settings }
    package var nested: [any Realm] { self.realms.withLock { $0 } }
    package func add(_ realm: any Realm) { self.realms.withLock { $0.append(realm) } }
}

/// Knows nobody.
///
/// Source: `org.apache.catalina.realm.NullRealm`.
package final class NullRealm: Realm, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// What all realms have.
        package var settings = RealmSettings()

        package init() {}
    }

    package let configuration: Configuration
    package init(configuration: Configuration) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<NullRealm>(
        className: "org.apache.catalina.realm.NullRealm",
        kind: .realm,
        "Knows nobody",
        defaults: Configuration(),
        attributes: RealmSettings.attributes.nested(in: \.settings)
    )

    package var settings: RealmSettings { self.configuration.settings }

    package func authenticate(_ username: String, _ password: String) async -> RealmPrincipal? { nil }
}

/// A realm that asks others.
package protocol RealmContainer: Realm {
    /// The others, in the order of the configuration.
    var nested: [any Realm] { get }
    func add(_ realm: any Realm)
}

extension RealmContainer {
    /// A realm that cannot be attached keeps the others from nothing; it knows nobody.
    package func attach(to container: any Container) {
        for realm in self.nested {
            do { try realm.attach(to: container) } catch {
                CategoryLogger("org.apache.catalina.realm.CombinedRealm")
                    .error("startInternal", "Failed to start [\(realm.componentClassName)] realm", error)
            }
        }
    }

    package func authenticate(_ username: String, _ password: String) async -> RealmPrincipal? {
        await self.firstPrincipal { await $0.authenticate(username, password) }
    }

    package func authenticate(digest: DigestProof) async -> RealmPrincipal? {
        await self.firstPrincipal { await $0.authenticate(digest: digest) }
    }

    package func authenticate(certificates: [PeerCertificate]) async -> RealmPrincipal? {
        await self.firstPrincipal { await $0.authenticate(certificates: certificates) }
    }

    package func principal(_ username: String) async -> RealmPrincipal? {
        await self.firstPrincipal { await $0.principal(username) }
    }

    package var isAvailable: Bool { self.nested.contains(where: \.isAvailable) }

    package func backgroundProcess() async { for realm in self.nested { await realm.backgroundProcess() } }

    func firstPrincipal(_ ask: (any Realm) async -> RealmPrincipal?) async -> RealmPrincipal? {
        for realm in self.nested { if let principal = await ask(realm) { return principal } }
        return nil
    }
}
