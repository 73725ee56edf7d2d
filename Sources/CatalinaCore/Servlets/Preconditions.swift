import Coyote
import ServletAPI

/// What a request demands of a resource before it is answered.
///
/// Source: RFC 9110 §13.2.2 | Tomcat counterpart: `DefaultServlet.checkIfHeaders`.
struct Preconditions: Equatable {
    /// A field that holds one date.
    enum DateField: Equatable {
        case absent
        /// Malformed, or there several times.
        case invalid
        /// Milliseconds since 1970, whole seconds.
        case date(Int64)
    }

    /// The lines of a field of entity tags; empty without the field.
    var ifMatch: [String] = []
    var ifUnmodifiedSince = DateField.absent
    var ifNoneMatch: [String] = []
    var ifModifiedSince = DateField.absent
    /// The lines of `If-Range`, and its date if it is one.
    var ifRange: [String] = []
    var ifRangeDate = DateField.absent
    var hasRange = false

    /// What a resource is compared by.
    struct Validators: Equatable {
        /// `nil` if there is no resource.
        var eTag: EntityTag?
        /// Milliseconds since 1970; fractions of a second do not count.
        var lastModified: Int64 = 0
    }

    enum Outcome: Equatable {
        /// The request is carried out; of `Range` as well, if `usesRange`.
        case proceed(usesRange: Bool)
        /// 304
        case notModified
        /// 412
        case failed
        /// 400
        case malformed
        /// `If-Range` cannot be read; the caller answers 400.
        case malformedRange
    }

    /// Decides for a method and a resource.
    func evaluate(method: String, _ validators: Validators) -> Outcome {
        let isRead = method == "GET" || method == "HEAD"
        if !self.ifMatch.isEmpty {
            switch Self.compare(self.ifMatch, with: validators.eTag, weakly: false) {
            case .malformed: return .malformed
            case .differs: return .failed
            case .matches: break
            }
        } else if case .date(let date) = self.ifUnmodifiedSince, validators.isModified(since: date) {
            return .failed
        }
        if !self.ifNoneMatch.isEmpty {
            switch Self.compare(self.ifNoneMatch, with: validators.eTag, weakly: true) {
            case .malformed: return .malformed
            case .matches: return isRead ? .notModified : .failed
            case .differs: break
            }
        } else if isRead, case .date(let date) = self.ifModifiedSince, validators.eTag != nil,
            !validators.isModified(since: date)
        {
            return .notModified
        }
        guard method == "GET", self.hasRange, validators.eTag != nil else { return .proceed(usesRange: false) }
        return self.evaluateRange(validators)
    }

    private func evaluateRange(_ validators: Validators) -> Outcome {
        guard let line = self.ifRange.first else { return .proceed(usesRange: true) }
        guard self.ifRange.count == 1 else { return .malformedRange }
        if case .date(let date) = self.ifRangeDate {
            return .proceed(usesRange: date / 1000 == validators.lastModified / 1000)
        }
        guard let tag = EntityTag(parsing: line) else { return .malformedRange }
        return .proceed(usesRange: validators.eTag.map { tag.matches($0, weakly: false) } ?? false)
    }

    private enum Match {
        case matches
        case differs
        case malformed
    }

    /// Compares the lines of a field with the tag of a resource; `*` stands alone and matches whatever exists.
    private static func compare(_ lines: [String], with tag: EntityTag?, weakly: Bool) -> Match {
        var match = Match.differs
        for line in lines {
            guard let condition = EntityTagCondition(parsing: line), condition != .any || lines.count == 1 else {
                return .malformed
            }
            if let tag, condition.matches(tag, weakly: weakly) { match = .matches }
        }
        return match
    }
}

extension Preconditions.Validators {
    fileprivate func isModified(since date: Int64) -> Bool {
        self.eTag != nil && self.lastModified / 1000 > date / 1000
    }
}

extension Preconditions {
    /// The conditions of a request; `nil` if it has none, and no `Range`.
    init?(_ request: any HttpServletRequest) {
        let hasRange = request.header("Range") != nil
        let names = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"]
        guard hasRange || names.contains(where: { request.header($0) != nil }) else { return nil }
        self.hasRange = hasRange
        self.ifMatch = request.headers("If-Match")
        self.ifNoneMatch = request.headers("If-None-Match")
        self.ifModifiedSince = Self.date("If-Modified-Since", request)
        self.ifUnmodifiedSince = Self.date("If-Unmodified-Since", request)
        if hasRange {
            self.ifRange = request.headers("If-Range")
            self.ifRangeDate = Self.date("If-Range", request)
        }
    }

    private static func date(_ name: String, _ request: any HttpServletRequest) -> DateField {
        guard request.header(name) != nil else { return .absent }
        // A date that cannot be read is no condition (RFC 9110 §13.1.3), so the error says all there is to say.
        guard request.headers(name).count == 1, let date = try? request.dateHeader(name) else { return .invalid }
        return .date(date)
    }
}
