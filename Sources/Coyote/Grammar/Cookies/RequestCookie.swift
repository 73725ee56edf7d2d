/// A cookie that a client sent.
package struct RequestCookie: Sendable, Hashable {
    package let name: String
    /// Without the quotes about it.
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
