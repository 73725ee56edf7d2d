package import NIOCore

/// What went through one layer: messages, bytes, and the time in which something was being sent.
package struct ThroughputMeter: Sendable, Equatable {
    package private(set) var messagesSent: Int64 = 0
    package private(set) var messagesFailed: Int64 = 0
    package private(set) var messagesReceived: Int64 = 0
    package private(set) var megabytesSent = 0.0
    package private(set) var megabytesOfApplication = 0.0
    package private(set) var megabytesReceived = 0.0
    package private(set) var sendSeconds = 0.0
    package private(set) var sendReports: Int64 = 0
    /// Wall clock in milliseconds: when sending last began, when the first message came; 0 for never.
    package private(set) var sendStart: Int64 = 0
    package private(set) var receiveStart: Int64 = 0
    private var underway = Underway()
    private var receivingSince = NIODeadline.uptimeNanoseconds(0)

    /// Messages that are being sent at this moment, and since when there are any.
    private struct Underway: Equatable {
        var count = 0
        var since = NIODeadline.uptimeNanoseconds(0)
    }

    package init() {}

    package mutating func sendStarted(at now: NIODeadline, wallClock: Int64) {
        self.underway.count += 1
        if self.underway.count == 1 {
            self.underway.since = now
            self.sendStart = wallClock
        }
    }

    /// A message of `size` bytes was sent, or nil if it failed.
    ///
    /// - Returns: whether a report is due.
    package mutating func sendFinished(
        _ size: Int?,
        destinations: Int,
        at now: NIODeadline,
        interval: Int
    ) -> Bool {
        self.underway.count -= 1
        if let size {
            let megabytes = Double(size) / 1_048_576
            self.megabytesSent += megabytes * Double(destinations)
            self.megabytesOfApplication += megabytes
            self.messagesSent += 1
        } else {
            self.messagesFailed += 1
        }
        guard self.underway.count == 0 else { return false }
        self.sendSeconds += Self.seconds(now - self.underway.since)
        guard interval > 0, size != nil, self.messagesSent / Int64(interval) > self.sendReports else { return false }
        self.sendReports = self.messagesSent / Int64(interval)
        return true
    }

    /// A message of `size` bytes came.
    ///
    /// - Returns: whether a report is due.
    package mutating func received(_ size: Int, at now: NIODeadline, wallClock: Int64, interval: Int) -> Bool {
        if self.receiveStart == 0 {
            self.receiveStart = wallClock
            self.receivingSince = now
        }
        self.megabytesReceived += Double(size) / 1_048_576
        self.messagesReceived += 1
        return interval > 0 && self.messagesReceived % Int64(interval) == 0
    }

    /// The report, in Tomcat's words.
    package func report(seconds: Double, at now: NIODeadline) -> String {
        let receiving = self.receiveStart == 0 ? 0 : Self.seconds(now - self.receivingSince)
        return """
            ThroughputInterceptor Report[
            \tTx Msg:\(self.messagesSent) messages
            \tSent:\(Self.text(self.megabytesSent)) MB (total)
            \tSent:\(Self.text(self.megabytesOfApplication)) MB (application)
            \tTime:\(Self.text(seconds)) seconds
            \tTx Speed:\(Self.text(Self.rate(self.megabytesSent, seconds))) MB/sec (total)
            \tTx Speed:\(Self.text(Self.rate(self.megabytesOfApplication, seconds))) MB/sec (application)
            \tError Msg:\(self.messagesFailed)
            \tRx Msg:\(self.messagesReceived) messages
            \tRx Speed:\(Self.text(Self.rate(self.megabytesReceived, receiving))) MB/sec (since 1st msg)
            \tReceived:\(Self.text(self.megabytesReceived)) MB]
            """
    }

    private static func seconds(_ time: TimeAmount) -> Double { Double(time.nanoseconds) / 1e9 }

    private static func rate(_ megabytes: Double, _ seconds: Double) -> Double {
        seconds > 0 ? megabytes / seconds : 0
    }

    /// Two digits behind the point.
    private static func text(_ value: Double) -> String {
        let hundredths = Int64((value * 100).rounded())
        let fraction = String(hundredths % 100)
        return "\(hundredths / 100)." + (fraction.count == 1 ? "0" : "") + fraction
    }
}
