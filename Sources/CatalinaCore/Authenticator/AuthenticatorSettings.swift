package import Modeler
import Synchronization

/// An authenticator named in a context's configuration: says where in the pipeline it stands, and how it behaves.
///
/// What it does needs the descriptor, which is known when the context starts: ``AuthenticatorValve`` does it.
package final class AuthenticatorSettings: Valve, ConfigurableComponent {
    package let configuration: AuthenticatorConfiguration
    private let valve = Mutex<AuthenticatorValve?>(nil)

    package init(configuration: AuthenticatorConfiguration) { self.configuration = configuration }

    package static var descriptor: ComponentDescriptor<AuthenticatorSettings> { self.basic }

    /// One for each login method.
    package static let descriptors: [AnyComponentDescriptor] = [
        AnyComponentDescriptor(basic), AnyComponentDescriptor(digest), AnyComponentDescriptor(form),
        AnyComponentDescriptor(clientCertificate), AnyComponentDescriptor(none),
    ]

    private static let basic = descriptor(
        "BASIC",
        "User name and password with every request",
        AuthenticatorConfiguration.Basic.attributes.nested(in: \.basic)
    )
    private static let digest = descriptor(
        "DIGEST",
        "Digest authentication: the password is never sent",
        AuthenticatorConfiguration.Digest.attributes.nested(in: \.digest)
    )
    private static let form = descriptor(
        "FORM",
        "A page of the application asks for name and password",
        AuthenticatorConfiguration.Form.attributes.nested(in: \.form)
    )
    private static let clientCertificate = descriptor(
        "CLIENT-CERT",
        "The certificate of the client's TLS connection",
        []
    )
    private static let none = descriptor("NONE", "Nobody is asked to log in", [])

    private static func descriptor(
        _ method: String,
        _ summary: String,
        _ attributes: [Attribute<AuthenticatorConfiguration>]
    ) -> ComponentDescriptor<AuthenticatorSettings> {
        let defaults = AuthenticatorConfiguration(method: method)
        return ComponentDescriptor(
            className: defaults.className,
            kind: .valve,
            summary,
            defaults: defaults,
            attributes: AuthenticatorConfiguration.attributes + attributes
        )
    }

    package var componentClassName: String { self.configuration.className }

    /// Sets who handles the requests while the context runs.
    func use(_ valve: AuthenticatorValve?) { self.valve.withLock { $0 = valve } }

    package func invoke(_ request: Request, _ response: Response, next: Pipeline.Next) async throws {
        guard let valve = self.valve.withLock({ $0 }) else { return try await next.invoke(request, response) }
        try await valve.invoke(request, response, next: next)
    }
}
