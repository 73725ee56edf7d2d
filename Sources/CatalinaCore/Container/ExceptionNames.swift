import ServletAPI

/// How errors are called where a Java program would show class names.
package enum ExceptionNames {
    /// The names of an error, the most special first.
    package static func types(of error: any Error) -> [String] {
        if let named = error as? any NamedException { return named.exceptionTypes }
        return [String(reflecting: type(of: error)), "java.lang.Exception", "java.lang.Throwable"]
    }

    /// What an error says.
    package static func message(of error: any Error) -> String {
        (error as? any NamedException)?.message ?? String(describing: error)
    }

    /// Causes that are told at most.
    private static let causesMaximum = 10

    /// The error and what is behind it, the outermost first.
    package static func chain(of error: any Error) -> [any Error] {
        var chain = [error]
        while chain.count <= self.causesMaximum, let last = chain.last as? any NamedException,
            let cause = last.rootCause
        {
            chain.append(cause)
        }
        return chain
    }

    /// The error and what is behind it, each as `type: message`.
    package static func lines(of error: any Error) -> [String] {
        self.chain(of: error).map { "\(self.types(of: $0).first ?? ""): \(self.message(of: $0))" }
    }

    /// What the error and those behind it say, in one line.
    package static func reason(of error: any Error) -> String {
        self.chain(of: error).map { self.message(of: $0) }.joined(separator: ": ")
    }
}
