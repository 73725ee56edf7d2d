package import Logging

/// How severe a record must be to pass, in the words of `java.util.logging`.
///
/// swift-log has fewer levels: CONFIG and FINE both admit `debug`, FINER and FINEST both admit `trace`.
/// Source: HOUSE_STYLE table of levels | Tomcat counterpart: `java.util.logging.Level`.
package enum Level: String, Sendable, CaseIterable {
    case off = "OFF"
    case severe = "SEVERE"
    case warning = "WARNING"
    case info = "INFO"
    case config = "CONFIG"
    case fine = "FINE"
    case finer = "FINER"
    case finest = "FINEST"
    case all = "ALL"

    /// Reads a level as an operator writes it: a name, or the number that Java gives it.
    ///
    /// A number between two levels admits what the next more severe one and itself would: 850 is WARNING.
    package init?(_ text: String) {
        if let named = Level(rawValue: text) {
            self = named
            return
        }
        guard let number = Int(text) else { return nil }
        self = Self.ascending.first { number <= $0.value }?.level ?? .off
    }

    /// The level that a record of this swift-log level is printed with.
    package init(printing level: Logger.Level) {
        switch level {
        case .trace: self = .finer
        case .debug: self = .fine
        case .info, .notice: self = .info
        case .warning: self = .warning
        case .error, .critical: self = .severe
        }
    }

    /// The least swift-log level that passes, or nil when nothing does.
    package var threshold: Logger.Level? {
        switch self {
        case .off: nil
        case .severe: .error
        case .warning: .warning
        case .info: .info
        case .config, .fine: .debug
        case .finer, .finest, .all: .trace
        }
    }

    /// Whether a record of this swift-log level passes.
    package func admits(_ level: Logger.Level) -> Bool {
        guard let threshold else { return false }
        return level >= threshold
    }

    private static let ascending: [(value: Int, level: Level)] = [
        (300, .finest), (400, .finer), (500, .fine), (700, .config), (800, .info), (900, .warning), (1000, .severe),
    ]
}
