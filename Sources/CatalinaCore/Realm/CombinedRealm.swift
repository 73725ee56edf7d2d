package import Modeler
package import ServletAPI
import Synchronization

/// Several realms, asked in order.
///
/// Source: `org.apache.catalina.realm.CombinedRealm`.
package final class CombinedRealm: Realm, RealmContainer, ConfigurableComponent {
    package struct Configuration: Sendable {
        package var allRolesMode = "strict"
    }

    package let configuration: Configuration
    private let realms = Mutex<[any Realm]>([])

    package init(configuration: Configuration) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<CombinedRealm>(
        className: "org.apache.catalina.realm.CombinedRealm",
        kind: .realm,
        "Several realms, asked in order",
        defaults: Configuration(),
        attributes: [
            Attribute("allRolesMode", \.allRolesMode, "What the role * means: strict, authOnly, strictAuthOnly")
        ]
    )

    package var allRolesMode: String { self.configuration.allRolesMode }
    package var nested: [any Realm] { self.realms.withLock { $0 } }
    package func add(_ realm: any Realm) { self.realms.withLock { $0.append(realm) } }
}

/// Users who fail too often are locked out for a while.
///
/// Source: `org.apache.catalina.realm.LockOutRealm`.
package final class LockOutRealm: Realm, RealmContainer, ConfigurableComponent {
    package struct Configuration: Sendable {
        /// Failures in a row that lock a user out.
        package var failureCount = 5
        /// Seconds for which.
        package var lockOutTime = 300
        /// Users with failures that are remembered.
        package var cacheSize = 1000
        /// Seconds; a user forgotten earlier than that for lack of room is worth a warning.
        package var cacheRemovalWarningTime = 3600
        package var caseSensitive = false
        package var allRolesMode = "strict"
    }

    private struct Failures {
        var count = 0
        var last: Int64 = 0
    }

    package let configuration: Configuration
    private let realms = Mutex<[any Realm]>([])
    private let failures = Mutex<[String: Failures]>([:])
    private let now: @Sendable () -> Int64

    /// `now` is milliseconds of any clock.
    package init(configuration: Configuration, now: @escaping @Sendable () -> Int64) {
        self.configuration = configuration
        self.now = now
    }

    package convenience init(configuration: Configuration) {
        self.init(configuration: configuration, now: WallClock.milliseconds)
    }

    package static let descriptor = ComponentDescriptor<LockOutRealm>(
        className: "org.apache.catalina.realm.LockOutRealm",
        kind: .realm,
        "Users who fail too often are locked out for a while",
        defaults: Configuration(),
        attributes: [
            Attribute("failureCount", \.failureCount, "Failures in a row that lock a user out"),
            Attribute("lockOutTime", \.lockOutTime, "Seconds for which"),
            Attribute("cacheSize", \.cacheSize, "Users with failures that are remembered"),
            Attribute(
                "cacheRemovalWarningTime",
                \.cacheRemovalWarningTime,
                "Seconds before which forgetting one is logged"
            ),
            Attribute("caseSensitive", \.caseSensitive, "Whether names that differ in case are different users"),
            Attribute("allRolesMode", \.allRolesMode, "What the role * means: strict, authOnly, strictAuthOnly"),
        ]
    )

    package var allRolesMode: String { self.configuration.allRolesMode }
    package var nested: [any Realm] { self.realms.withLock { $0 } }
    package func add(_ realm: any Realm) { self.realms.withLock { $0.append(realm) } }

    package func authenticate(_ username: String, _ password: String) async -> RealmPrincipal? {
        let found = await self.firstOfNested(username, password)
        return self.judge(username, found)
    }

    /// Names locked out now.
    package func isLocked(_ username: String) -> Bool {
        let key = self.key(username)
        let now = self.now()
        return self.failures.withLock { failures in
            guard let known = failures[key] else { return false }
            return known.count >= self.configuration.failureCount
                && (now - known.last) / 1000 < Int64(self.configuration.lockOutTime)
        }
    }

    /// Lifts the lock on a user.
    package func unlock(_ username: String) {
        let key = self.key(username)
        self.failures.withLock { $0[key] = nil }
    }

    private func judge(_ username: String, _ principal: RealmPrincipal?) -> RealmPrincipal? {
        if self.isLocked(username) {
            self.recordFailure(username)
            CategoryLogger("org.apache.catalina.realm.LockOutRealm").warning(
                "filterLockedAccounts",
                "An attempt was made to authenticate the locked user [\(username)]"
            )
            return nil
        }
        if principal == nil { self.recordFailure(username) } else { self.unlock(username) }
        return principal
    }

    private func recordFailure(_ username: String) {
        let key = self.key(username)
        let now = self.now()
        let forgotten = self.failures.withLock { failures -> (String, Failures)? in
            var known = failures[key] ?? Failures()
            let isOver =
                known.count >= self.configuration.failureCount
                && (now - known.last) / 1000 >= Int64(self.configuration.lockOutTime)
            known.count = isOver ? 1 : known.count + 1
            known.last = now
            failures[key] = known
            guard failures.count > self.configuration.cacheSize,
                let oldest = failures.min(by: { $0.value.last < $1.value.last })
            else { return nil }
            failures[oldest.key] = nil
            return (oldest.key, oldest.value)
        }
        guard let (name, record) = forgotten else { return }
        if (now - record.last) / 1000 < Int64(self.configuration.cacheRemovalWarningTime) {
            CategoryLogger("org.apache.catalina.realm.LockOutRealm").warning(
                "registerAuthFailure",
                "User [\(name)] was removed from the failed users cache early for lack of room"
            )
        }
    }

    private func key(_ username: String) -> String {
        self.configuration.caseSensitive ? username : username.lowercased()
    }
}

/// Knows nobody.
///
/// Source: `org.apache.catalina.realm.NullRealm`.
package final class NullRealm: Realm, ConfigurableComponent {
    package struct Configuration: Sendable {}

    package let configuration: Configuration
    package init(configuration: Configuration) { self.configuration = configuration }

    package static let descriptor = ComponentDescriptor<NullRealm>(
        className: "org.apache.catalina.realm.NullRealm",
        kind: .realm,
        "Knows nobody",
        defaults: Configuration(),
        attributes: []
    )

    package func authenticate(_ username: String, _ password: String) async -> RealmPrincipal? { nil }
}

/// A realm that asks others.
package protocol RealmContainer: Realm {
    /// The others, in the order of the configuration.
    var nested: [any Realm] { get }
    func add(_ realm: any Realm)
}

extension RealmContainer {
    package func attach(to container: any Container) { for realm in self.nested { realm.attach(to: container) } }

    package func authenticate(_ username: String, _ password: String) async -> RealmPrincipal? {
        await self.firstOfNested(username, password)
    }

    package func principal(_ username: String) async -> RealmPrincipal? {
        for realm in self.nested { if let principal = await realm.principal(username) { return principal } }
        return nil
    }

    package func hasRole(_ principal: any Principal, _ role: String) -> Bool {
        self.nested.contains { $0.hasRole(principal, role) }
    }

    package func backgroundProcess() async { for realm in self.nested { await realm.backgroundProcess() } }

    func firstOfNested(_ username: String, _ password: String) async -> RealmPrincipal? {
        for realm in self.nested {
            if let principal = await realm.authenticate(username, password) { return principal }
        }
        return nil
    }
}
