import Foundation
import Logging
import TestSupport
import Testing

@testable import Juli

@Suite struct LogManagerTests {
    let fixture = LogFixture()

    static let stock = """
        handlers = 1catalina.org.apache.juli.AsyncFileHandler, 2localhost.org.apache.juli.AsyncFileHandler, \
        java.util.logging.ConsoleHandler
        .handlers = 1catalina.org.apache.juli.AsyncFileHandler, java.util.logging.ConsoleHandler
        1catalina.org.apache.juli.AsyncFileHandler.level = FINE
        1catalina.org.apache.juli.AsyncFileHandler.directory = ${catalina.base}/logs
        1catalina.org.apache.juli.AsyncFileHandler.prefix = catalina.
        1catalina.org.apache.juli.AsyncFileHandler.maxDays = 90
        2localhost.org.apache.juli.AsyncFileHandler.level = FINE
        2localhost.org.apache.juli.AsyncFileHandler.directory = ${catalina.base}/logs
        2localhost.org.apache.juli.AsyncFileHandler.prefix = localhost.
        java.util.logging.ConsoleHandler.level = FINE
        java.util.logging.ConsoleHandler.formatter = org.apache.juli.SystemdFormatter
        org.apache.catalina.core.ContainerBase.[Catalina].[localhost].level = INFO
        org.apache.catalina.core.ContainerBase.[Catalina].[localhost].handlers = \
        2localhost.org.apache.juli.AsyncFileHandler
        """

    func manager(_ text: String, in directory: TemporaryDirectory) -> LogManager {
        let properties = ["catalina.base": directory.path]
        return LogManager(
            properties: LogProperties(parsing: Array(text.utf8)) { properties[$0] },
            surroundings: self.fixture.surroundings(properties: properties)
        )
    }

    func logger(_ label: String, _ manager: LogManager) -> Logger {
        Logger(label: label) { manager.handler(label: $0) }
    }

    @Test("the stock configuration sends each category where Tomcat sends it")
    func stockConfiguration() throws {
        try TemporaryDirectory.run { directory in
            let manager = self.manager(Self.stock, in: directory)
            self.logger("org.apache.catalina.startup.Catalina", manager).info(
                "Server startup in [231] milliseconds",
                metadata: ["method": "start"]
            )
            self.logger("org.apache.catalina.core.ContainerBase.[Catalina].[localhost].[/manager]", manager).notice(
                "HTMLManager: init: Associated with Deployer 'Catalina:type=Deployer,host=localhost'",
                metadata: [
                    "source": "org.apache.catalina.core.ApplicationContext", "method": "log", "context": "/manager",
                ]
            )
            manager.shutdown()
            let start = """
                21-Nov-2026 03:45:31.166 INFO [main] org.apache.catalina.startup.Catalina.start \
                Server startup in [231] milliseconds

                """
            try #expect(directory.text(of: "logs/catalina.2026-11-21.log") == start)
            #expect(self.fixture.console == start)
            try #expect(
                directory.text(of: "logs/localhost.2026-11-21.log") == """
                    21-Nov-2026 03:45:31.166 INFO [main] org.apache.catalina.core.ApplicationContext.log \
                    HTMLManager: init: Associated with Deployer 'Catalina:type=Deployer,host=localhost' \
                    context=/manager

                    """
            )
            #expect(self.fixture.diagnostics.isEmpty)
        }
    }

    @Test("a logger below its category's level evaluates nothing and writes nothing")
    func levels() throws {
        try TemporaryDirectory.run { directory in
            let manager = self.manager(
                """
                .level = WARNING
                handlers = org.apache.juli.FileHandler
                org.apache.juli.FileHandler.directory = ${catalina.base}
                x.level = OFF
                """,
                in: directory
            )
            var logger = self.logger("a.b", manager)
            #expect(logger.logLevel == .warning)
            logger.info("below")
            logger.logLevel = .trace
            #expect(logger.logLevel == .trace)
            self.logger("x.y", manager).critical("silent")
            try #expect(directory.text(of: "juli.2026-11-21.log").isEmpty)
        }
    }

    struct Gone: Error, CustomStringConvertible {
        var description: String { "the file is gone\nreally" }
    }

    @Test("metadata of logger, provider and call are merged and an error follows")
    func metadata() {
        let manager = LogManager(
            properties: LogProperties([
                "handlers": "java.util.logging.ConsoleHandler",
                "java.util.logging.ConsoleHandler.formatter": "org.apache.juli.OneLineFormatter",
            ]),
            surroundings: self.fixture.surroundings()
        )
        var handler = manager.handler(label: "org.example.A")
        handler.metadataProvider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
        handler[metadataKey: "a"] = "logger"
        handler[metadataKey: "b"] = "logger"
        #expect(handler[metadataKey: "a"] == "logger")
        handler.log(
            event: LogEvent(
                level: .error,
                message: "failed",
                error: Gone(),
                metadata: ["c": "call", "list": ["x", "y"]],
                source: nil,
                file: "X.swift",
                function: "init(a:)",
                line: 1
            )
        )
        #expect(
            self.fixture.console == """
                21-Nov-2026 03:45:31.166 SEVERE [main] org.example.A.<init> failed a=logger b=provider c=call \
                list="[\\"x\\", \\"y\\"]"
                \tthe file is gone
                \treally

                """
        )
    }

    @Test("what cannot be understood is said, and the rest works")
    func mistakes() throws {
        try TemporaryDirectory.run { directory in
            let manager = self.manager(
                """
                handlers = com.example.Mail, 1a.org.apache.juli.FileHandler
                1a.org.apache.juli.FileHandler.directory = ${catalina.base}
                1a.org.apache.juli.FileHandler.maxDays = many
                1a.org.apache.juli.FileHandler.formatter = com.example.Pretty
                """,
                in: directory
            )
            self.logger("org.example.A", manager).warning("works", metadata: ["method": "m"])
            #expect(
                self.fixture.diagnostics == [
                    "Unknown log handler [com.example.Mail]",
                    "Cannot read [many] as [maxDays] of log handler [1a.org.apache.juli.FileHandler]",
                    "Unknown formatter [com.example.Pretty]; the one-line format is used instead",
                ]
            )
            try #expect(
                directory.text(of: "juli.2026-11-21.log")
                    == "21-Nov-2026 03:45:31.166 WARNING [main] org.example.A.m works\n"
            )
        }
    }

    @Test("what cannot be understood is said with the file's name")
    func mistakesInFile() throws {
        try TemporaryDirectory.run { directory in
            try directory.write("handlers = x.NoHandler\nx.level = LOUD\n", to: "logging.properties")
            let path = directory.url.appending(path: "logging.properties").path
            _ = LogManager(
                properties: try LogProperties(contentsOf: path),
                surroundings: self.fixture.surroundings()
            )
            #expect(
                self.fixture.diagnostics == [
                    "Unknown log handler [x.NoHandler] (\(path))", "Unknown level [LOUD] of [x] (\(path))",
                ]
            )
        }
    }

    @Test("a time format and a handler's own one are read")
    func timeFormats() throws {
        try TemporaryDirectory.run { directory in
            let manager = self.manager(
                """
                handlers = 1a.org.apache.juli.FileHandler, 2b.org.apache.juli.FileHandler
                org.apache.juli.FileHandler.directory = ${catalina.base}
                2b.org.apache.juli.FileHandler.prefix = b.
                org.apache.juli.OneLineFormatter.timeFormat = HH
                2b.org.apache.juli.OneLineFormatter.timeFormat = mm
                """,
                in: directory
            )
            self.logger("x", manager).info("y", metadata: ["method": "m"])
            try #expect(directory.text(of: "juli.2026-11-21.log") == "03 INFO [main] x.m y\n")
            try #expect(directory.text(of: "b.2026-11-21.log") == "45 INFO [main] x.m y\n")
        }
    }

    @Test("the process's log can be replaced")
    func bootstrap() async {
        // In a process of its own: the log is one for a whole process, which the other tests share.
        await #expect(processExitsWith: .success) {
            let first = LogFixture()
            let second = LogFixture()
            LogManager.bootstrap(properties: .console, surroundings: first.surroundings())
            Logger(label: "a").info("to the first", metadata: ["method": "m"])
            LogManager.bootstrap(configurationFile: "/nowhere/logging.properties", surroundings: second.surroundings())
            Logger(label: "a").info("to the second", metadata: ["method": "m"])
            #expect(first.console == "Nov 21, 2026 3:45:31 AM a m\nINFO: to the first\n")
            #expect(second.console == "Nov 21, 2026 3:45:31 AM a m\nINFO: to the second\n")
            #expect(second.diagnostics.count == 1)
        }
    }

    @Test("the thread that logs is named")
    func threadName() {
        #expect(!CurrentThread.name.isEmpty)
        #expect(CurrentThread.isOfPool("oot.default-qos"))
        #expect(!CurrentThread.isOfPool("http-nio-8080-1"))
    }
}
