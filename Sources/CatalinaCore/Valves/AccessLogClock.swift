import Coyote

/// One way of writing the time in a log; what it writes for a second is kept by the lane (``AccessLogLane``).
///
/// Isolation: any thread.
final class AccessLogClock: Sendable {
    /// What is written.
    enum Form: Sendable, Equatable {
        /// `[21/Nov/2026:04:04:43 +0000]`.
        case common
        /// Seconds since 1970.
        case seconds
        /// Milliseconds since 1970.
        case milliseconds
        /// The milliseconds of the second, three digits.
        case fraction
        case pattern(SimpleDateFormat)
    }

    /// Whether the time is that of the request's arrival, not of its end.
    let isBegin: Bool
    private let form: Form
    private let format: SimpleDateFormat?

    init(_ form: Form, isBegin: Bool = false) {
        self.form = form
        self.isBegin = isBegin
        self.format =
            switch form {
            case .common: SimpleDateFormat("[dd/MMM/yyyy:HH:mm:ss Z]")
            case .pattern(let pattern): pattern
            default: nil
            }
    }

    /// Whether it tells more than the second: begins of requests are reckoned back from their ends.
    var showsMilliseconds: Bool {
        switch self.form {
        case .common, .seconds: self.isBegin
        case .milliseconds, .fraction: true
        case .pattern(let format): self.isBegin || format.hasMilliseconds
        }
    }

    /// The form that stands between the braces of `%{…}t`; `nil` if it means nothing.
    convenience init?(parsing text: String) {
        var rest = Substring(text)
        let isBegin = rest.hasPrefix("begin")
        if isBegin || rest.hasPrefix("end") {
            let tail = rest.dropFirst(isBegin ? 5 : 3)
            guard tail.isEmpty || tail.first == ":" else { return nil }
            rest = tail.dropFirst()
        }
        switch rest {
        case "": self.init(.common, isBegin: isBegin)
        case "sec": self.init(.seconds, isBegin: isBegin)
        case "msec": self.init(.milliseconds, isBegin: isBegin)
        case "msec_frac", "sec_frac": self.init(.fraction, isBegin: isBegin)
        default:
            guard let format = SimpleDateFormat(String(rest)) else { return nil }
            self.init(.pattern(format), isBegin: isBegin)
        }
    }

    /// Appends the text for a moment, in milliseconds since 1970.
    func append(_ milliseconds: Int64, _ lane: AccessLogLane, to line: inout LogLine) {
        switch self.form {
        case .milliseconds: return line.append(String(milliseconds))
        case .fraction: return line.append(contentsOf: String(1000 + milliseconds % 1000).utf8.dropFirst())
        case .seconds: return line.append(String(milliseconds / 1000))
        case .common, .pattern: break
        }
        guard let format = self.format else { return }
        if format.hasMilliseconds {
            return AccessLogText.append(format.format(milliseconds: milliseconds), to: &line)
        }
        lane.appendTime(of: self, second: milliseconds / 1000, to: &line) {
            AccessLogText.octets(format.format(milliseconds: milliseconds))
        }
    }
}
