import ServletAPI

/// The init parameters of a filter, each handed to what it sets.
///
/// Source: `org.apache.catalina.filters.FilterBase`.
enum FilterParameters {
    /// Hands each parameter to `take`, which returns false for a name that it does not know or a value without sense.
    ///
    /// - Throws: for such a one if the filter `isStrict`, else it leaves a warning; and whatever `take` throws.
    static func read(
        _ config: any FilterConfig,
        of className: String,
        isStrict: Bool,
        _ take: (_ name: String, _ value: String) throws -> Bool
    ) throws {
        for name in config.initParameterNames.sorted() {
            guard let value = config.initParameter(name), try !take(name, value) else { continue }
            let message = "The property [\(name)] is not defined for filters of type [\(className)]"
            guard !isStrict else { throw ServletError(message) }
            CategoryLogger(className).warning("init", message)
        }
    }

    /// A flag as Java reads it: everything but `true` is false.
    static func flag(_ text: String) -> Bool { text.lowercased() == "true" }
}
