package import Coyote
package import Modeler
import ServletAPI

/// The cookie rules of an application: `<CookieProcessor>`.
///
/// Source: `org.apache.tomcat.util.http.Rfc6265CookieProcessor`.
package final class CookieProcessor: ConfigurableComponent, Sendable {
    package typealias Configuration = Rfc6265CookieProcessor

    package static let descriptor = ComponentDescriptor<CookieProcessor>(
        className: "org.apache.tomcat.util.http.Rfc6265CookieProcessor",
        aliases: ["org.apache.tomcat.util.http.LegacyCookieProcessor"],
        kind: .cookieProcessor,
        "The cookie rules of an application",
        defaults: Configuration(),
        attributes: [
            Attribute("cookiesWithoutEquals", \.cookiesWithoutEquals, "What a cookie without = is: name or ignore"),
            Attribute(
                "sameSiteCookies",
                \.sameSiteCookies,
                "SameSite of cookies without one: unset, none, lax, strict"
            ),
            Attribute("partitioned", \.partitioned, "Whether cookies are partitioned unless they say otherwise"),
            .ignored("allowEqualsInValue", "Accepted; belongs to the legacy processor"),
            .ignored("allowHttpSepsInV0", "Accepted; belongs to the legacy processor"),
            .ignored("allowNameOnly", "Accepted; belongs to the legacy processor"),
            .ignored("alwaysAddExpires", "Accepted; belongs to the legacy processor"),
            .ignored("forwardSlashIsSeparator", "Accepted; belongs to the legacy processor"),
        ]
    )

    package let configuration: Configuration

    package init(configuration: Configuration) { self.configuration = configuration }

    package convenience init() { self.init(configuration: Configuration()) }

    /// The cookies of all `Cookie` lines, in order.
    ///
    /// - Throws: ``CookieError`` above the limit; the request then gets 400.
    func parse(_ headers: MimeHeaders, limit: Int) throws(CookieError) -> [Cookie] {
        var found: [RequestCookie] = []
        for index in 0..<headers.count where headers.isName(at: index, "cookie") {
            let octets = headers.withValueBytes(at: index) { Array($0) }
            try self.configuration.parse(octets.span, into: &found, limit: limit)
        }
        return found.map { Cookie($0.name, $0.value) }
    }

    /// Hands over the values of the cookies with a name, in order, from the first `Cookie` line on, whose place is given;
    /// the others are only looked at.
    ///
    /// - Throws: ``CookieError`` above the limit; the request then gets 400.
    func find(
        _ name: String,
        in headers: MimeHeaders,
        from first: Int,
        limit: Int,
        _ take: (String) -> Void
    ) throws(CookieError) {
        var count = 0
        var failure: CookieError?
        for index in first..<headers.count where index == first || headers.isName(at: index, "cookie") {
            headers.withValueBytes(at: index) { bytes in
                do throws(CookieError) {
                    let field = Span<UInt8>(_unsafeBytes: bytes)
                    try self.configuration.find(name, in: field, count: &count, limit: limit, take)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
    }

    /// The value of `Set-Cookie`.
    ///
    /// - Throws: `IllegalArgumentError` for what a client could not read.
    func generate(_ cookie: Cookie) throws -> String {
        guard !cookie.name.isEmpty, ByteSet.token.containsAll(of: cookie.name.utf8.span) else {
            throw IllegalArgumentError("Cookie name [\(cookie.name)] is not a token")
        }
        var line = SetCookie(name: cookie.name, value: cookie.value)
        line.maxAge = cookie.maxAge
        line.domain = cookie.domain
        line.path = cookie.path
        line.isSecure = cookie.isSecure
        line.isHttpOnly = cookie.isHttpOnly
        do {
            for (name, value) in cookie.attributes { try line.setAttribute(name, value) }
            return try self.configuration.generate(line, now: WallClock.milliseconds() / 1000)
        } catch {
            throw IllegalArgumentError(error.message)
        }
    }
}

extension Rfc6265CookieProcessor.CookiesWithoutEquals: AttributeConvertible {}
extension Rfc6265CookieProcessor.SameSiteCookies: AttributeConvertible {}
