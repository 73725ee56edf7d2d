/// How long sessions have been idle, counted in steps of minutes.
///
/// As Tomcat does: at most 60 steps up to the application's time-out, one more for what is beyond.
struct SessionHistogram: Equatable {
    private static let stepsMaximum = 60

    /// Idle minutes after which sessions end.
    let timeoutMinutes: Int
    /// Minutes of a step.
    private let interval: Int
    private var counts: [Int]
    private var unlimited = 0

    init(timeoutMinutes: Int) {
        var interval = 1
        var steps = Self.stepsMaximum
        if timeoutMinutes > 0 {
            interval = max(1, (timeoutMinutes + steps - 1) / steps)
            steps = (timeoutMinutes + interval - 1) / interval
        }
        self.timeoutMinutes = timeoutMinutes
        self.interval = interval
        self.counts = Array(repeating: 0, count: steps + 1)
    }

    /// Counts a session that has been idle for some seconds; a negative number stands for one without a limit.
    mutating func add(idleSeconds: Int) {
        guard idleSeconds >= 0 else {
            self.unlimited += 1
            return
        }
        self.counts[min(idleSeconds / 60 / self.interval, self.counts.count - 1)] += 1
    }

    /// The lines of the manager's answer, without its first.
    var lines: [String] {
        var lines = ["Default maximum session inactive interval is [\(self.timeoutMinutes)] minutes"]
        for (step, count) in self.counts.enumerated() where count > 0 {
            lines.append("Inactive for [\(self.range(of: step))] minutes: [\(count)] sessions")
        }
        if self.unlimited > 0 { lines.append("Unlimited time: [\(self.unlimited)] sessions") }
        return lines
    }

    private func range(of step: Int) -> String {
        if step == 0 { return "<\(self.interval)" }
        if step == self.counts.count - 1 { return ">=\(step * self.interval)" }
        return "\(step * self.interval) - <\((step + 1) * self.interval)"
    }
}
