/// What the scripts in `bin/` ask of the program.
///
/// Shape: `catalina [-config FILE] [-Dname=value]… COMMAND [ARGUMENT]…`; JVM options (`-X…`, `--add-opens=…`) are
/// accepted and do nothing.
/// Source: `org.apache.catalina.startup.Bootstrap` and `Catalina.arguments`.
package struct LaunchOptions: Sendable, Equatable {
    /// What to do.
    package enum Command: String, Sendable {
        case start
        case run
        case stop
        case configtest
        case version
        case newWebapp = "new-webapp"
        case digest
        case reference

        /// Whether it is a tool, which takes its words as they are; a server's command is the last word.
        var isTool: Bool { [.newWebapp, .digest, .reference].contains(self) }
    }

    package var command: Command?
    /// What follows the command.
    package var arguments: [String] = []
    /// `-D` options in order.
    package var properties: [(name: String, value: String)] = []
    /// The configuration file, relative to CATALINA_BASE.
    package var configFile = "conf/server.xml"
    /// Whether named resources are off.
    package var isNamingDisabled = false
    /// A word that means nothing, `nil` if there is none.
    package var unknownWord: String?

    package init(_ words: [String]) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "-config" {
                self.configFile = rest.popFirst() ?? self.configFile
            } else if word == "-nonaming" {
                self.isNamingDisabled = true
            } else if word.hasPrefix("-D") {
                let option = word.dropFirst(2)
                let cut = option.firstIndex(of: "=") ?? option.endIndex
                let value = cut == option.endIndex ? "" : String(option[option.index(after: cut)...])
                self.properties.append((String(option[..<cut]), value))
            } else if word.hasPrefix("-") {
                continue
            } else if let command = Command(rawValue: word) {
                self.command = command
                self.arguments = Array(rest)
                if command.isTool { return }
            } else if self.command == nil {
                self.unknownWord = word
            }
        }
    }

    package static func == (left: LaunchOptions, right: LaunchOptions) -> Bool {
        left.command == right.command && left.arguments == right.arguments && left.configFile == right.configFile
            && left.properties.elementsEqual(right.properties) { $0 == $1 }
    }
}
