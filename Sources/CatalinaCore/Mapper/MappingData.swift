package import ServletAPI

/// What the mapper found for one request.
///
/// A value whose parts lie in one object, since every request copies what was found for the one before: a copy retains
/// that object and not each part, which all event loops share.
/// Source: `org.apache.catalina.mapper.MappingData`.
package struct MappingData {
    private final class Parts {
        var host: MapperTable.Host?
        var context: MapperTable.ContextVersion?
        var versions: [MapperTable.ContextVersion] = []
        var wrapper: MapperTable.Wrapper?
        var servletPath = ""
        var pathInfo: String?
        var match: HttpServletMapping.Match?
        var redirectPath: String?

        init() {}

        init(_ other: Parts) {
            self.host = other.host
            self.context = other.context
            self.versions = other.versions
            self.wrapper = other.wrapper
            self.servletPath = other.servletPath
            self.pathInfo = other.pathInfo
            self.match = other.match
            self.redirectPath = other.redirectPath
        }
    }

    /// `nil` while nothing is found.
    private var parts: Parts?

    package init() {}

    package var host: MapperTable.Host? {
        get { self.parts?.host }
        set { self.ownParts().host = newValue }
    }
    package var context: MapperTable.ContextVersion? {
        get { self.parts?.context }
        set { self.ownParts().context = newValue }
    }
    /// All versions of the context, if there are several.
    var versions: [MapperTable.ContextVersion] {
        get { self.parts?.versions ?? [] }
        set { self.ownParts().versions = newValue }
    }
    package var wrapper: MapperTable.Wrapper? {
        get { self.parts?.wrapper }
        set { self.ownParts().wrapper = newValue }
    }
    /// The decoded part of the path that chose the servlet.
    package var servletPath: String {
        get { self.parts?.servletPath ?? "" }
        set { self.ownParts().servletPath = newValue }
    }
    package var pathInfo: String? {
        get { self.parts?.pathInfo }
        set { self.ownParts().pathInfo = newValue }
    }
    package var match: HttpServletMapping.Match? {
        get { self.parts?.match }
        set { self.ownParts().match = newValue }
    }
    /// Where to send the client instead, decoded; set when a slash is missing.
    package var redirectPath: String? {
        get { self.parts?.redirectPath }
        set { self.ownParts().redirectPath = newValue }
    }

    /// The parts, where no other value has them.
    private mutating func ownParts() -> Parts {
        if isKnownUniquelyReferenced(&self.parts), let parts = self.parts { return parts }
        let own = self.parts.map { Parts($0) } ?? Parts()
        self.parts = own
        return own
    }

    /// The facts as an application sees them.
    package var servletMapping: HttpServletMapping {
        guard let wrapper, let match else {
            return HttpServletMapping(servletName: self.wrapper?.wrapper.name ?? "")
        }
        let value: String
        switch match {
        case .contextRoot, .default: value = ""
        case .exact: value = String(self.servletPath.dropFirst())
        case .path: value = String((self.pathInfo ?? "").dropFirst())
        case .extension:
            value = String(self.servletPath.dropFirst().dropLast(wrapper.pattern.utf8.count - 1))
        }
        return HttpServletMapping(
            matchValue: value,
            pattern: wrapper.pattern,
            servletName: wrapper.wrapper.name,
            mappingMatch: match
        )
    }
}
