import CatalinaCore
import ServerConfig

/// Logs what is wrong with a configuration file, with the lines that Tomcat writes.
enum Problems {
    static func log(_ problem: ConfigProblem) {
        let (category, method) = self.split(problem.log.source)
        let logger = CategoryLogger(category)
        let place = problem.line > 0 ? " (\(problem.file):\(problem.line))" : " (\(problem.file))"
        switch problem.log.level {
        case .severe: logger.error(method, problem.log.message + place)
        case .warning: logger.warning(method, problem.log.message + place)
        case .info: logger.info(method, problem.log.message)
        }
    }

    private static func split(_ source: String) -> (String, String) {
        guard let dot = source.lastIndex(of: ".") else { return (source, "") }
        return (String(source[..<dot]), String(source[source.index(after: dot)...]))
    }
}
