/// Sequences that have no place in an honest request target and that proxies and containers read differently.
///
/// Source: Servlet 6.0 §3.5.2 | Tomcat counterpart: `CoyoteAdapter.checkSuspiciousURIs`.
enum SuspiciousURI {
    /// Whether a raw path holds any of: a slash or a control that is percent-encoded, a control, a segment of dots
    /// that is encoded or has parameters, an empty segment with parameters that is not the last.
    ///
    /// As in Tomcat, backslashes are left to `allowBackslash` and `encodedReverseSolidusHandling`.
    static func matches(_ path: Span<UInt8>) -> Bool {
        if self.holdsSuspiciousOctet(path) { return true }
        var start = 0
        while start < path.count {
            // Each turn stands on the slash before a segment, or on a target that lacks it.
            if path[start] == ASCII.slash { start += 1 }
            var end = start
            while end < path.count, path[end] != ASCII.slash { end += 1 }
            if self.isSuspicious(path.extracting(start..<end), isLast: end == path.count) { return true }
            start = end
        }
        return false
    }

    private static func isSuspicious(_ segment: Span<UInt8>, isLast: Bool) -> Bool {
        var index = 0
        var dots = 0
        var isEncoded = false
        while index < segment.count, segment[index] != ASCII.semicolon {
            if segment[index] == ASCII.period {
                index += 1
            } else if self.decodedOctet(segment, at: index) == ASCII.period {
                isEncoded = true
                index += 3
            } else {
                return false
            }
            dots += 1
        }
        let hasParameters = index < segment.count
        return dots == 0 ? hasParameters && !isLast : isEncoded || hasParameters
    }

    private static func holdsSuspiciousOctet(_ path: Span<UInt8>) -> Bool {
        for index in path.indices {
            let byte = path[index]
            if ByteSet.control.contains(byte) { return true }
            guard byte == ASCII.percent, let octet = self.decodedOctet(path, at: index) else { continue }
            if octet == ASCII.slash || ByteSet.control.contains(octet) { return true }
        }
        return false
    }

    /// What a well-formed `%xx` stands for.
    private static func decodedOctet(_ path: Span<UInt8>, at index: Int) -> UInt8? {
        guard path[index] == ASCII.percent, index + 2 < path.count,
            let first = path[index + 1].hexValue, let second = path[index + 2].hexValue
        else { return nil }
        return first << 4 | second
    }
}
