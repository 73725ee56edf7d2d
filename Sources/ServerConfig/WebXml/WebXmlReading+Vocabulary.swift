import Modeler

/// The elements inside the elements of a descriptor.
///
/// Tomcat passes over those that it does not know; here each leaves a notice, so that a misspelt one is found.
extension WebXmlReading {
    /// What may stand inside an element, by its name; an element that is not listed may hold anything.
    private static let children: [String: [String]] = [
        "context-param": ["param-name", "param-value"],
        "init-param": ["param-name", "param-value"],
        "listener": ["listener-class"],
        "filter": ["filter-name", "filter-class", "async-supported", "init-param"],
        "filter-mapping": ["filter-name", "url-pattern", "servlet-name", "dispatcher"],
        "servlet": [
            "servlet-name", "servlet-class", "jsp-file", "init-param", "load-on-startup", "enabled", "async-supported",
            "run-as", "security-role-ref", "multipart-config",
        ],
        "servlet-mapping": ["servlet-name", "url-pattern"],
        "run-as": ["role-name"],
        "security-role-ref": ["role-name", "role-link"],
        "multipart-config": ["location", "max-file-size", "max-request-size", "file-size-threshold"],
        "session-config": ["session-timeout", "cookie-config", "tracking-mode"],
        "cookie-config": ["name", "domain", "path", "comment", "http-only", "secure", "max-age", "attribute"],
        "attribute": ["attribute-name", "attribute-value"],
        "mime-mapping": ["extension", "mime-type"],
        "welcome-file-list": ["welcome-file"],
        "error-page": ["error-code", "exception-type", "location"],
        "security-constraint": ["web-resource-collection", "auth-constraint", "user-data-constraint"],
        "web-resource-collection": ["web-resource-name", "url-pattern", "http-method", "http-method-omission"],
        "auth-constraint": ["role-name"],
        "user-data-constraint": ["transport-guarantee"],
        "login-config": ["auth-method", "realm-name", "form-login-config"],
        "form-login-config": ["form-login-page", "form-error-page"],
        "security-role": ["role-name"],
        "locale-encoding-mapping-list": ["locale-encoding-mapping"],
        "locale-encoding-mapping": ["locale", "encoding"],
    ]
    /// What may stand in any element, for those who read the file.
    private static let descriptions = ["description", "display-name", "icon"]

    mutating func checkChildren(of element: XMLElement, path: String) {
        guard let known = Self.children[element.name] else { return }
        for child in element.children {
            let childPath = "\(path)/\(child.name)"
            if known.contains(child.name) {
                self.checkChildren(of: child, path: childPath)
            } else if !Self.descriptions.contains(child.name) {
                let nearest = NearestName.nearest(to: child.name, among: known)
                self.note(child, path: childPath, "unknown element", nearest: nearest)
            }
        }
    }
}
