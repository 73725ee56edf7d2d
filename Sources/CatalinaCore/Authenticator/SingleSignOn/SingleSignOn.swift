package import Modeler

/// A valve by which the applications of a container know each other's users.
package protocol SingleSignOnValve: Valve, Lifecycle {
    var support: SingleSignOnSupport { get }
}

extension SingleSignOnValve {
    package func attach(to container: any Container) { self.support.attach(to: container) }

    package func passes(_ request: Request) -> Bool {
        request.userPrincipal != nil || !self.support.mayBring(request)
    }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        try self.support.identify(request, response)
        try await next.invoke(request, response)
    }
}

/// Lets a client that has logged in to one application of a host use the others too.
///
/// A cookie names the sign-on; whoever ends one of its sessions ends all of them, but one that was idle for too long
/// ends alone. The realm must be that of the host, not one of an application.
/// Source: `org.apache.catalina.authenticator.SingleSignOn`; differs from it in: who logs out without being known gets
/// no cookie.
package final class SingleSignOn: SingleSignOnValve, ConfigurableComponent {
    package typealias Configuration = SingleSignOnConfiguration

    package static let descriptor = ComponentDescriptor<SingleSignOn>(
        className: "org.apache.catalina.authenticator.SingleSignOn",
        kind: .valve,
        "Lets a client that has logged in to one application use the others too",
        defaults: SingleSignOnConfiguration(),
        attributes: SingleSignOnConfiguration.attributes
    )

    package let lifecycle = LifecycleSupport()
    package let support: SingleSignOnSupport
    private let live: LiveSettings<SingleSignOnConfiguration, Void>

    package init(configuration: SingleSignOnConfiguration) {
        let live = LiveSettings(configuration)
        self.live = live
        self.support = SingleSignOnSupport(cache: LocalSingleSignOnCache()) { live.value }
    }

    package var configuration: SingleSignOnConfiguration { self.live.value }

    package func reconfigure(_ change: (inout SingleSignOnConfiguration) throws -> Void) throws {
        try self.live.change(change)
    }

    package var lifecycleName: String { "SingleSignOn[\(self.support.containerName)]" }

    package func startInternal() async throws {
        self.support.warnOfRealms()
        try await self.enter(.starting)
    }
}
