package import Modeler
import Synchronization

/// Users who fail too often are locked out for a while.
///
/// Bound: `cacheSize` names are remembered; the one that failed longest ago is forgotten first, with a warning if
/// that makes room for guessing.
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
        /// Whether names that differ in case are different users.
        package var caseSensitive = false
        /// What all realms have.
        package var settings = RealmSettings()

        package init() {}
    }

    private struct Failures {
        var count = 0
        /// Milliseconds.
        var last: Int64 = 0
    }

    private static let log = CategoryLogger("org.apache.catalina.realm.LockOutRealm")

    private let live: LiveSettings<Configuration, Void>
    private let realms = Mutex<[any Realm]>([])
    private let failures = Mutex<[String: Failures]>([:])
    private let now: @Sendable () -> Int64

    /// Takes the milliseconds of any clock.
    package init(configuration: Configuration, now: @escaping @Sendable () -> Int64) {
        self.live = LiveSettings(configuration)
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
        ] + RealmSettings.attributes.nested(in: \.settings)
    )

    package var configuration: Configuration { self.live.value }
    package func reconfigure(_ change: (inout Configuration) throws -> Void) throws { try self.live.change(change) }
    package var settings: RealmSettings { self.configuration.settings }
    package var nested: [any Realm] { self.realms.withLock { $0 } }
    package func add(_ realm: any Realm) { self.realms.withLock { $0.append(realm) } }

    package func authenticate(_ username: String, _ password: String) async -> RealmPrincipal? {
        self.judge(username, await self.firstPrincipal { await $0.authenticate(username, password) })
    }

    package func authenticate(digest: DigestProof) async -> RealmPrincipal? {
        self.judge(digest.username, await self.firstPrincipal { await $0.authenticate(digest: digest) })
    }

    package func authenticate(certificates: [PeerCertificate]) async -> RealmPrincipal? {
        guard let own = certificates.first else { return nil }
        let found = await self.firstPrincipal { await $0.authenticate(certificates: certificates) }
        return self.judge(own.subjectName, found)
    }

    /// Whether a user is locked out now.
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

    /// A failure counts, also while the user is locked out; the right password then neither helps nor prolongs it.
    private func judge(_ username: String, _ principal: RealmPrincipal?) -> RealmPrincipal? {
        if principal == nil, self.isAvailable { self.recordFailure(username) }
        if self.isLocked(username) {
            Self.log.warning(
                "filterLockedAccounts",
                "An attempt was made to authenticate the locked user [\(username)]"
            )
            return nil
        }
        if principal != nil { self.unlock(username) }
        return principal
    }

    private func recordFailure(_ username: String) {
        let key = self.key(username)
        let now = self.now()
        let forgotten = self.failures.withLock { failures -> (name: String, seconds: Int64)? in
            var known = failures[key] ?? Failures()
            let isLockOver =
                known.count >= self.configuration.failureCount
                && (now - known.last) / 1000 > Int64(self.configuration.lockOutTime)
            known.count = isLockOver ? 1 : known.count + 1
            known.last = now
            failures[key] = known
            guard failures.count > self.configuration.cacheSize,
                let oldest = failures.min(by: { $0.value.last < $1.value.last })
            else { return nil }
            failures[oldest.key] = nil
            return (oldest.key, (now - oldest.value.last) / 1000)
        }
        guard let forgotten, forgotten.seconds < Int64(self.configuration.cacheRemovalWarningTime) else { return }
        Self.log.warning(
            "registerAuthFailure",
            "User [\(forgotten.name)] was removed from the failed users cache after [\(forgotten.seconds)] seconds to"
                + " keep the cache size within the limit set"
        )
    }

    private func key(_ username: String) -> String {
        self.configuration.caseSensitive ? username : username.lowercased()
    }
}
