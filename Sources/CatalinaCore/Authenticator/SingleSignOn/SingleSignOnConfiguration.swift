package import Modeler

/// Attributes of a valve for single sign-on.
package struct SingleSignOnConfiguration: Sendable, Equatable {
    /// Domain that gets the cookie; the server's own name alone if unset.
    package var cookieDomain: String?
    /// Name of the cookie.
    package var cookieName = "JSESSIONIDSSO"
    /// Whether each application checks name and password again.
    package var requireReauthentication = false

    package init() {}

    package static let attributes: [Attribute<SingleSignOnConfiguration>] = [
        Attribute("cookieDomain", \.cookieDomain, "Domain that gets the cookie; the server's own name if unset"),
        Attribute("cookieName", \.cookieName, "Name of the cookie"),
        Attribute(
            "requireReauthentication",
            \.requireReauthentication,
            "Whether each application checks name and password again"
        ),
        .ignored("asyncSupported", "Every valve supports it", type: .bool),
    ]
}
