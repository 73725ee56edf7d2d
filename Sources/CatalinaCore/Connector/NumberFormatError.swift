import ServletAPI

/// A header that is no number where one was asked for.
///
/// Source: `java.lang.NumberFormatException`.
struct NumberFormatError: NamedException {
    let message: String
    var exceptionTypes: [String] {
        [
            "java.lang.NumberFormatException", "java.lang.IllegalArgumentException", "java.lang.RuntimeException",
            "java.lang.Exception", "java.lang.Throwable",
        ]
    }

    init(_ text: String) { self.message = "For input string: \"\(text)\"" }
}
