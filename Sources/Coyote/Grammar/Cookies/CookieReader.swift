/// Cuts a `Cookie` field into names and values.
///
/// Tomcat counterpart: `org.apache.tomcat.util.http.parser.Cookie`.
struct CookieReader {
    /// Where the parts stand; without an `=` there is no value.
    struct Pair {
        let name: Range<Int>
        let value: Range<Int>?
    }

    private let count: Int
    private var index = 0

    init(count: Int) { self.count = count }

    /// Where the value stands in a field that consists of one cookie with a name, written without quotes and blanks, as
    /// clients send it that have no other; nil for all other fields.
    static func onlyValue(of name: Span<UInt8>, in field: Span<UInt8>) -> Range<Int>? {
        let start = name.count + 1
        guard !name.isEmpty, field.count > start, field[name.count] == ASCII.equals,
            field.extracting(0..<name.count).equals(name),
            ByteSet.cookieOctet.end(of: field, from: start) == field.count
        else { return nil }
        return start..<field.count
    }

    /// The next well-formed pair; what is malformed is skipped up to the next `;`.
    mutating func next(_ field: Span<UInt8>) -> Pair? {
        while self.index < self.count {
            self.skipBlanks(field)
            let start = self.index
            self.index = ByteSet.token.end(of: field, from: start)
            let name = start..<self.index
            self.skipBlanks(field)
            var value: Range<Int>?
            var isValid = true
            if self.index < self.count, field[self.index] == ASCII.equals {
                self.index += 1
                self.skipBlanks(field)
                value = self.value(field)
                isValid = value != nil
                self.skipBlanks(field)
            }
            isValid = isValid && (self.index == self.count || field[self.index] == ASCII.semicolon)
            while self.index < self.count, field[self.index] != ASCII.semicolon { self.index += 1 }
            self.index += 1
            if isValid, !name.isEmpty { return Pair(name: name, value: value) }
        }
        return nil
    }

    /// A run of cookie-octets; an opening quote and a closing one are left out, and the closing one may be missing.
    private mutating func value(_ field: Span<UInt8>) -> Range<Int>? {
        let isQuoted = self.index < self.count && field[self.index] == ASCII.quote
        if isQuoted { self.index += 1 }
        let start = self.index
        self.index = ByteSet.cookieOctet.end(of: field, from: start)
        let value = start..<self.index
        guard self.index < self.count else { return value }
        switch field[self.index] {
        case ASCII.semicolon, ASCII.space, ASCII.tab: return value
        case ASCII.quote where isQuoted:
            self.index += 1
            return value
        default: return nil
        }
    }

    private mutating func skipBlanks(_ field: Span<UInt8>) {
        while self.index < self.count, field[self.index].isBlank { self.index += 1 }
    }
}
