import Synchronization

/// What a request says of its sender.
package enum Credentials: Sendable, Equatable {
    case none
    case basic(username: String, password: String)
    case token(String)
    case assertion(String)
    /// A header that cannot be read.
    case malformed

    /// Reads an `Authorization` header.
    package init(header: String?) {
        guard let header else {
            self = .none
            return
        }
        let words = header.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1).map { String(Substring($0)) }
        guard words.count == 2 else {
            self = .malformed
            return
        }
        let value = words[1].utf8.drop { $0 == UInt8(ascii: " ") }
        switch words[0].lowercased() {
        case "basic": self = Self.basic(String(Substring(value)))
        case "bearer":
            self =
                value.contains(UInt8(ascii: "."))
                ? .assertion(String(Substring(value))) : .token(String(Substring(value)))
        default: self = .malformed
        }
    }

    private static func basic(_ text: String) -> Credentials {
        guard let bytes = Base64.decode(text), let pair = String(validating: bytes, as: UTF8.self),
            let colon = pair.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return .malformed }
        return .basic(username: String(pair[..<colon]), password: String(pair[pair.utf8.index(after: colon)...]))
    }
}

/// What came of looking at credentials.
package enum Authentication: Sendable, Equatable {
    case success(Caller)
    case anonymous
    case failed(isInvalidToken: Bool)
    case inactive
    case passwordChangeRequired(Caller)
}

/// Decides who a request's sender is.
package final class Authenticator: Sendable {
    private struct Memory {
        /// Digests of passwords that have been verified, by user; saves the long computation.
        var verified: [String: [UInt8]] = [:]
        /// Assertions that may be used once, with the time at which they can be forgotten.
        var usedAssertions: [String: Int64] = [:]
    }

    /// Most entries of either memory.
    private static let memoryMaximum = 10_000
    private static let assertionMemory: Int64 = 3_600_000

    private let service: RepositoryService
    private let secret: [UInt8]
    private let memory = Mutex(Memory())
    private let pause: @Sendable (_ milliseconds: Int64) async throws -> Void

    /// `pause` suspends a request that has to wait after failures.
    package init(
        service: RepositoryService,
        pause: @escaping @Sendable (_ milliseconds: Int64) async throws -> Void
    ) {
        self.service = service
        self.pause = pause
        self.secret = service.dependencies.entropy.bytes(32)
    }

    package func authenticate(_ credentials: Credentials) async throws -> Authentication {
        switch credentials {
        case .none: return .anonymous
        case .malformed: return .failed(isInvalidToken: false)
        case .token(let token): return try await self.authenticate(token: token)
        case .assertion(let text):
            // A token never holds a dot, but a container may have put its route behind one.
            return try await self.authenticate(assertion: text)
        case .basic(let username, let password): return try await self.authenticate(username, password)
        }
    }

    // MARK: Passwords

    private func authenticate(_ username: String, _ password: String) async throws -> Authentication {
        let usesBackOff = !self.service.model.settings.disableAuthenticationBackOff
        let backOff = self.service.backOff
        if usesBackOff {
            let delay = backOff.delay(for: username)
            if delay > 0 { try await self.pause(delay) }
        }
        let result = try await self.verified(username, password)
        guard usesBackOff else { return result }
        if case .failed = result { backOff.recordFailure(of: username) } else { backOff.recordSuccess(of: username) }
        return result
    }

    private func verified(_ username: String, _ password: String) async throws -> Authentication {
        if username.lowercased() == "admin" {
            guard try await self.matches(password, self.service.model.adminPassword, of: "admin") else {
                return .failed(isInvalidToken: false)
            }
            var caller = Caller.admin
            caller.hasPresentedCredentials = true
            return .success(caller)
        }
        let user = try await self.service.users.user(username)
        guard try await self.matches(password, user?.password, of: user?.id.text ?? ""), let user else {
            return .failed(isInvalidToken: false)
        }
        return self.result(for: user)
    }

    private func result(for user: UserDirectory.User) -> Authentication {
        guard user.isActive else { return .inactive }
        var caller = user.caller
        caller.hasPresentedCredentials = true
        return user.requiresPasswordChange ? .passwordChangeRequired(caller) : .success(caller)
    }

    /// Takes as long where there is no hash.
    private func matches(_ password: String, _ hash: PasswordHash?, of user: String) async throws -> Bool {
        let passwords = self.service.dependencies.passwords
        guard let hash else { return try await passwords.matches(password, nil) }
        let digest = MessageDigest.sha256.hash(self.secret + hash.hash + hash.salt + Array(password.utf8))
        if self.memory.withLock({ $0.verified[user] == digest }) { return true }
        guard try await passwords.matches(password, hash) else { return false }
        self.memory.withLock { memory in
            if memory.verified.count >= Self.memoryMaximum { memory.verified.removeAll() }
            memory.verified[user] = digest
        }
        return true
    }

    // MARK: Tokens

    private func authenticate(token: String) async throws -> Authentication {
        guard let session = self.service.sessions.session(token) else { return .failed(isInvalidToken: true) }
        guard session.hasUserObject else {
            var caller = Caller(userID: session.userID, username: session.username)
            if !caller.isAdmin { caller.groupIDs = try await self.service.users.groups(of: session.userID) }
            return .success(caller)
        }
        guard let user = try await self.service.users.user(ObjectID(session.userID)) else {
            return .failed(isInvalidToken: true)
        }
        guard user.isActive else { return .inactive }
        return user.requiresPasswordChange ? .passwordChangeRequired(user.caller) : .success(user.caller)
    }

    private func authenticate(assertion text: String) async throws -> Authentication {
        let failure = Authentication.failed(isInvalidToken: true)
        let model = self.service.model
        let now = self.service.dependencies.clock.milliseconds
        guard let token = JSONWebToken(text), let issuer = token.issuer,
            token.isTimely(at: now, audiences: model.settings.ids)
        else { return failure }
        if issuer == "admin" {
            guard let key = model.settings.adminPublicKey, token.isSigned(by: key), self.isFirstUse(token, now) else {
                return failure
            }
            var caller = Caller.admin
            caller.hasPresentedCredentials = true
            return .success(caller)
        }
        guard let user = try await self.service.users.user(issuer), let key = user.publicKey, token.isSigned(by: key),
            self.isFirstUse(token, now)
        else { return failure }
        return self.result(for: user)
    }

    private func isFirstUse(_ token: JSONWebToken, _ now: Int64) -> Bool {
        guard let id = token.id, let issuer = token.issuer else { return true }
        return self.memory.withLock { memory in
            if memory.usedAssertions.count >= Self.memoryMaximum {
                memory.usedAssertions = memory.usedAssertions.filter { $0.value > now }
            }
            let key = "\(issuer)\n\(id)"
            guard memory.usedAssertions[key].map({ $0 <= now }) ?? true else { return false }
            memory.usedAssertions[key] = now + Self.assertionMemory
            return true
        }
    }

    /// The caller that admin wants to act as.
    package func caller(actingAs userID: String) async throws -> Caller {
        if userID == "admin" { return .admin }
        if let user = try await self.service.users.user(ObjectID(userID)) { return user.caller }
        var caller = Caller(userID: userID)
        caller.hasUserObject = try await self.service.dependencies.storage.contains(ObjectID(userID))
        caller.groupIDs = try await self.service.users.groups(of: userID)
        return caller
    }
}
