/// Reads `Cookie` and writes `Set-Cookie`.
///
/// Source: RFC 6265 | Tomcat counterpart: `org.apache.tomcat.util.http.Rfc6265CookieProcessor`.
package struct Rfc6265CookieProcessor: Sendable, Hashable {
    /// What a name without `=` stands for.
    package enum CookiesWithoutEquals: String, Sendable, CaseIterable {
        /// A cookie of that name without a value.
        case name
        case ignore
    }

    /// The `SameSite` of cookies that have none of their own.
    package enum SameSiteCookies: String, Sendable, CaseIterable {
        case unset
        case none
        case lax
        case strict

        /// As written; nil for ``unset``.
        var value: String? {
            switch self {
            case .unset: nil
            case .none: "None"
            case .lax: "Lax"
            case .strict: "Strict"
            }
        }
    }

    package var cookiesWithoutEquals = CookiesWithoutEquals.name
    package var sameSiteCookies = SameSiteCookies.unset
    /// Whether cookies are partitioned that do not say so themselves.
    package var partitioned = false

    package init() {}

    /// Takes the cookies of one `Cookie` field, malformed ones left out.
    ///
    /// Names are tokens; values are cookie-octets, UTF-8 included, with or without quotes.
    /// - Throws: ``CookieError`` if there are more than the limit in all; the caller then answers 400.
    package func parse(
        _ field: Span<UInt8>,
        into cookies: inout [RequestCookie],
        limit: Int
    ) throws(CookieError) {
        var reader = CookieReader(count: field.count)
        while let pair = reader.next(field) {
            let value: String
            if let range = pair.value {
                value = field.extracting(range).utf8Text
            } else if self.cookiesWithoutEquals == .name {
                value = ""
            } else {
                continue
            }
            guard limit < 0 || cookies.count < limit else { throw .tooMany(limit: limit) }
            cookies.append(RequestCookie(name: field.extracting(pair.name).utf8Text, value: value))
        }
    }

    /// As ``parse(_:into:limit:)``, where only the cookies of one name are wanted: their values are handed over.
    ///
    /// `count` is the number of cookies before this field; those of the field are added.
    /// - Throws: ``CookieError`` if there are more than the limit in all.
    package func find(
        _ name: String,
        in field: Span<UInt8>,
        count: inout Int,
        limit: Int,
        _ take: (String) -> Void
    ) throws(CookieError) {
        let wanted = name.utf8.span
        if let value = CookieReader.onlyValue(of: wanted, in: field), limit < 0 || count < limit {
            count += 1
            return take(field.extracting(value).utf8Text)
        }
        var reader = CookieReader(count: field.count)
        while let pair = reader.next(field) {
            guard pair.value != nil || self.cookiesWithoutEquals == .name else { continue }
            guard limit < 0 || count < limit else { throw .tooMany(limit: limit) }
            count += 1
            guard field.extracting(pair.name).equals(wanted) else { continue }
            take(pair.value.map { field.extracting($0).utf8Text } ?? "")
        }
    }

    /// The value of `Set-Cookie`; characters beyond ASCII go out as UTF-8.
    ///
    /// - Parameters:
    ///   - cookie: its name is taken as it is.
    ///   - now: seconds from 1970, from which `Expires` is reckoned.
    /// - Returns: name, value and attributes in Tomcat's order.
    /// - Throws: ``CookieError`` for a value, domain, path or attribute that a client could not read.
    package func generate(_ cookie: SetCookie, now: Int64) throws(CookieError) -> String {
        try Self.validate(value: cookie.value)
        var text = "\(cookie.name)=\(cookie.value)"
        if cookie.maxAge >= 0 {
            let (moment, overflows) = now.addingReportingOverflow(Int64(cookie.maxAge))
            let expires =
                cookie.maxAge == 0 ? "Thu, 01 Jan 1970 00:00:10 GMT" : HTTPDate.format(overflows ? .max : moment)
            text += "; Max-Age=\(cookie.maxAge); Expires=\(expires)"
        }
        if let domain = cookie.domain, !domain.isEmpty {
            try Self.validate(domain: domain)
            text += "; Domain=\(domain)"
        }
        if let path = cookie.path, !path.isEmpty {
            guard ByteSet.cookieAttribute.containsAll(of: path.utf8.span) else { throw .invalidPath(path) }
            text += "; Path=\(path)"
        }
        if cookie.isSecure { text += "; Secure" }
        if cookie.isHttpOnly { text += "; HttpOnly" }
        if let sameSite = cookie.sameSite ?? self.sameSiteCookies.value { text += "; SameSite=\(sameSite)" }
        if cookie.isPartitioned ?? self.partitioned { text += "; Partitioned" }
        for (name, value) in cookie.otherAttributes {
            guard ByteSet.cookieAttribute.containsAll(of: value.utf8.span) else {
                throw .invalidAttributeValue(name: name, value: value)
            }
            text += "; \(name)=\(value)"
        }
        return text
    }

    /// Cookie-octets, with quotes about them or without.
    private static func validate(value: String) throws(CookieError) {
        if ByteSet.cookieOctet.containsAll(of: value.utf8.span) { return }
        var scalars = value.unicodeScalars[...]
        if scalars.count > 1, scalars.first == "\"", scalars.last == "\"" { scalars = scalars.dropFirst().dropLast() }
        for scalar in scalars {
            guard let byte = UInt8(exactly: scalar.value) else { continue }
            guard ByteSet.cookieOctet.contains(byte) else { throw .invalidValueCharacter(scalar.value) }
        }
    }

    /// Labels that begin and end with a letter or a digit.
    private static func validate(domain: String) throws(CookieError) {
        var previous = ASCII.period
        for byte in domain.utf8 {
            let isSeparator = byte == ASCII.period || byte == ASCII.hyphen
            guard ByteSet.cookieDomain.contains(byte), !(previous == ASCII.period && isSeparator),
                !(previous == ASCII.hyphen && byte == ASCII.period)
            else { throw .invalidDomain(domain) }
            previous = byte
        }
        guard previous != ASCII.period, previous != ASCII.hyphen else { throw .invalidDomain(domain) }
    }
}
