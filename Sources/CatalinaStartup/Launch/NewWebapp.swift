import CatalinaCore

/// `new-webapp NAME DIR`: writes a package that builds a web application and deploys it.
enum NewWebapp {
    static func run(_ arguments: [String], configFile: String) -> Int32 {
        guard arguments.count == 2 else {
            StandardStreams.error("usage: catalina.sh new-webapp NAME DIR")
            return 1
        }
        let (name, folder) = (arguments[0], arguments[1])
        guard Self.isModuleName(name) else {
            StandardStreams.error(
                "new-webapp: [\(name)] is no Swift module name: use letters, digits and _, not starting with a digit"
            )
            return 1
        }
        guard !Self.takenNames.contains(name) else {
            StandardStreams.error("new-webapp: [\(name)] is the name of a module that the application needs")
            return 1
        }
        if let names = FileIO.names(in: folder), !names.isEmpty {
            StandardStreams.error("new-webapp: [\(folder)] is not empty")
            return 1
        }
        do {
            for (path, text) in Self.files(name) {
                let target = folder + "/" + path
                if let slash = target.lastIndex(of: "/") { try FileIO.makeDirectories(String(target[..<slash])) }
                try FileIO.write(text, to: target, mode: path == "deploy.sh" ? 0o750 : 0o640)
            }
        } catch {
            StandardStreams.error("new-webapp: \(error)")
            return 1
        }
        StandardStreams.output(
            """
            Wrote the web application [\(name)] to \(folder).
            Build and deploy it:  cd \(folder) && ./deploy.sh
            Then open             \(self.address(name, Catalina.connectors(configFile)))
            """
        )
        return 0
    }

    /// Where the application will answer, as far as the instance's connectors say it.
    static func address(_ name: String, _ connectors: [Connector]) -> String {
        let path = "\(name.lowercased())/hello"
        guard let address = connectors.lazy.compactMap(\.browserAddress).first else {
            return "/\(path) at your server's address"
        }
        return address + path
    }

    /// Modules that every web application is built with; one of its own by that name would not compile.
    static let takenNames: Set<String> = ["Builtin", "Glibc", "ServletAPI", "Swift", "SwiftShims"]

    static func isModuleName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first >= 0x41 else { return false }
        return name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
        }
    }

    private static func files(_ name: String) -> [(path: String, text: String)] {
        [
            ("Package.swift", self.package(name)),
            ("Sources/\(name)/HelloServlet.swift", self.servlet),
            ("Sources/\(name)/Module.swift", self.module(name)),
            ("webapp/WEB-INF/web.xml", self.webXml(name)),
            ("webapp/index.html", self.index(name)),
            ("deploy.sh", self.deploy(name)),
            (".gitignore", ".build/\nPackage.resolved\nwebapp/WEB-INF/lib/\n"),
        ]
    }

    private static func package(_ name: String) -> String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "\(name)",
            products: [.library(name: "\(name)", type: .dynamic, targets: ["\(name)"])],
            dependencies: [.package(path: "\(Places.home)/Sources/ServletAPI")],
            targets: [
                .target(
                    name: "\(name)",
                    dependencies: [.product(name: "ServletAPI", package: "ServletAPI")],
                    swiftSettings: [
                        // Servlets run in the caller's task; without this every call would leave it.
                        .enableUpcomingFeature("NonisolatedNonsendingByDefault")
                    ]
                )
            ]
        )

        """
    }

    private static let servlet = """
        import ServletAPI

        /// `GET /hello`: greets the caller by name.
        struct HelloServlet: HttpServlet {
            func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
                let name = await request.parameter("name") ?? "world"
                response.contentType = "text/plain"
                response.setCharacterEncoding("UTF-8")
                try await response.write("Hello, \\(name)!\\n")
            }
        }

        """

    private static func module(_ name: String) -> String {
        """
        import ServletAPI

        /// The module's one exported symbol: the container calls it once, after loading the library.
        @c(servlet_module_entry)
        public func servletModuleEntry() -> UnsafeMutableRawPointer {
            ServletModule(name: "\(name)", servlets: ["\(name).HelloServlet": { HelloServlet() }]).retainedForHost()
        }

        """
    }

    private static func webXml(_ name: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          <display-name>\(name)</display-name>
          <servlet>
            <servlet-name>hello</servlet-name>
            <servlet-class>\(name).HelloServlet</servlet-class>
          </servlet>
          <servlet-mapping>
            <servlet-name>hello</servlet-name>
            <url-pattern>/hello</url-pattern>
          </servlet-mapping>
        </web-app>

        """
    }

    private static func index(_ name: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>\(name)</title></head>
        <body><h1>\(name)</h1><p><a href="hello">Say hello</a></p></body>
        </html>

        """
    }

    private static func deploy(_ name: String) -> String {
        """
        #!/bin/sh
        # Builds the application and copies it into the container's webapps folder, where it is deployed: a new one in one
        # step, one that is there with its web.xml last, because the container starts it anew when that changes.
        set -e
        cd "$(dirname "$0")"
        base=${CATALINA_BASE:-\(Places.base)}
        swift build -c release
        mkdir -p webapp/WEB-INF/lib
        cp .build/release/lib\(name).so webapp/WEB-INF/lib/
        target=$base/webapps/\(name.lowercased())
        if [ -d "$target" ]; then
            cp -R webapp/. "$target/"
            touch "$target/WEB-INF/web.xml"
        else
            rm -rf "$base/temp/\(name.lowercased()).new"
            mkdir -p "$base/temp"
            cp -R webapp "$base/temp/\(name.lowercased()).new"
            mv "$base/temp/\(name.lowercased()).new" "$target"
        fi
        echo "Deployed to $target"

        """
    }
}
