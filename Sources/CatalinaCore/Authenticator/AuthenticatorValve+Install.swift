import ServletAPI

extension AuthenticatorValve {
    /// Gives a starting context the valve that its descriptor asks for, unless it has one.
    ///
    /// A context that asks for no login gets one, too: `HttpServletRequest.login` needs it. It takes the place of
    /// the context's ``AuthenticatorSettings``, whose method then counts, or the last one.
    /// - Throws: ``LifecycleError`` if there is no such login method; the context must not start.
    /// Source: `ContextConfig.authenticatorConfig`, `validateSecurityRoles`.
    package static func install(in context: StandardContext) throws {
        guard context.authenticator == nil else { return }
        var model = context.model
        for warning in model.declareUsedRoles() {
            CategoryLogger("org.apache.catalina.startup.ContextConfig").warning("validateSecurityRoles", warning)
        }
        context.model = model
        let settings = context.pipeline.valves.compactMap { $0 as? AuthenticatorSettings }.first
        let configuration =
            settings?.configuration ?? AuthenticatorConfiguration(method: model.login?.method ?? "NONE")
        guard let method = configuration.makeLogin() else {
            let message = Self.refusal(of: configuration.method)
            CategoryLogger("org.apache.catalina.startup.ContextConfig").error("authenticatorConfig", message)
            throw LifecycleError(message)
        }
        let coverage = UncoveredMethods(model.securityConstraints, denied: model.denyUncoveredHttpMethods)
        for message in coverage.messages {
            if model.denyUncoveredHttpMethods {
                context.logger.info("checkConstraintsForUncoveredMethods", message)
            } else {
                context.logger.error("checkConstraintsForUncoveredMethods", message)
            }
        }
        let valve = AuthenticatorValve(
            method,
            model: model,
            configuration: configuration,
            constraints: SecurityConstraints(
                model.securityConstraints + coverage.denials,
                applicationRoles: model.securityRoles
            ),
            singleSignOn: Self.singleSignOn(above: context)
        )
        context.authenticator = valve
        if let settings { settings.use(valve) } else { context.pipeline.add(valve) }
    }

    /// Why no authenticator can be made for what a context's descriptor asks for; `nil` if one can, or it has its own.
    package static func refusal(of method: String, in context: StandardContext) -> String? {
        guard context.authenticator == nil, !context.pipeline.valves.contains(where: { $0 is AuthenticatorSettings }),
            AuthenticatorConfiguration(method: method).makeLogin() == nil
        else { return nil }
        return Self.refusal(of: method)
    }

    /// The valve for single sign-on of the nearest container that has one.
    private static func singleSignOn(above context: StandardContext) -> (any SingleSignOnValve)? {
        var container = context.parent
        while let next = container {
            for case let valve as any SingleSignOnValve in next.pipeline.valves { return valve }
            container = next.parent
        }
        return nil
    }

    private static func refusal(of method: String) -> String {
        "Cannot configure an authenticator for method [\(method)]"
    }

    /// Takes the valve away from a context that stops.
    package static func uninstall(from context: StandardContext) {
        guard let valve = context.authenticator as? AuthenticatorValve else { return }
        for case let settings as AuthenticatorSettings in context.pipeline.valves { settings.use(nil) }
        context.pipeline.remove(valve)
        context.authenticator = nil
    }
}

extension ApplicationModel {
    /// Declares the roles that are used without having been declared.
    ///
    /// - Returns: what is to be said about each.
    mutating func declareUsedRoles() -> [String] {
        var uses: [(role: String, element: String)] = []
        for role in self.securityConstraints.flatMap({ $0.roles ?? [] }) where role != "*" && role != "**" {
            uses.append((role, "an <auth-constraint>"))
        }
        for servlet in self.servlets {
            if let role = servlet.runAs { uses.append((role, "a <run-as>")) }
            for (_, role) in servlet.securityRoleReferences.sorted(by: { $0.key < $1.key }) {
                uses.append((role, "a <role-link>"))
            }
        }
        var warnings: [String] = []
        for use in uses where !self.securityRoles.contains(use.role) {
            self.securityRoles.append(use.role)
            warnings.append(
                "Security role name [\(use.role)] used in \(use.element) without being defined in a <security-role>"
            )
        }
        return warnings
    }
}
