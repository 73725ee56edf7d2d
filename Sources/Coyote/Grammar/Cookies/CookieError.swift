/// Why cookies are refused.
package enum CookieError: Error, Hashable, Sendable {
    /// A request has more than `maxCookieCount`; it gets 400.
    case tooMany(limit: Int)
    case invalidValueCharacter(UInt32)
    case invalidDomain(String)
    case invalidPath(String)
    case invalidAttributeName(String)
    case invalidAttributeValue(name: String, value: String)

    /// Tomcat's own text: it reaches error pages and logs.
    package var message: String {
        switch self {
        case .tooMany(let limit): "More than the maximum allowed number of cookies, [\(limit)], were detected."
        case .invalidValueCharacter(let code): "An invalid character [\(code)] was present in the Cookie value"
        case .invalidDomain(let domain): "An invalid domain [\(domain)] was specified for this cookie"
        case .invalidPath(let path): "An invalid path [\(path)] was specified for this cookie"
        case .invalidAttributeName(let name): "Cookie attribute name [\(name)] is not valid as it is not a token"
        case .invalidAttributeValue(let name, let value):
            "An invalid attribute value [\(value)] was specified for this cookie attribute [\(name)]"
        }
    }
}
