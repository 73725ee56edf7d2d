import TestSupport
import Testing

@testable import CatalinaCore
@testable import CatalinaStartup

/// One change to the files of a running application, as the recordings describe it.
struct FileChange {
    var operation: String
    var artefact: String
    /// `context_xml`, `war`, `dir`, `external_war`, `external_dir`.
    var present: Set<String>
    var deployXML = true
    var copyXML = false
    var unpackWARs = true

    /// What came of it.
    struct Outcome {
        var start: DeployedHost.Observation
        var after: DeployedHost.Observation
        var action: String
    }

    func run() async throws -> Outcome {
        let host = try DeployedHost { host in
            host.deployXML = self.deployXML
            host.copyXML = self.copyXML
            host.unpackWARs = self.unpackWARs
        }
        try self.prepare(host)
        try await host.start()
        await host.tick()
        let start = host.observation
        let before = host.context()
        let recorder = EventRecorder()
        before?.lifecycle.add(recorder)
        try self.change(host)
        await host.tick()
        let isSame = host.context() === before
        let isReloaded = recorder.events.contains { $0 == "before_stop" || $0 == "before_start" }
        let outcome = Outcome(
            start: start,
            after: host.observation,
            action: isSame ? (isReloaded ? "reload" : "none") : "redeploy"
        )
        try await host.stop()
        return outcome
    }

    private func prepare(_ host: DeployedHost) throws {
        if self.present.contains("external_war") {
            try host.writeArchive(DeployedHost.externalArchive, descriptor: DeployedHost.context(named: "WAR"))
        }
        if self.present.contains("external_dir") {
            try host.writeFolder(DeployedHost.externalFolder, descriptor: DeployedHost.context(named: "DIR"))
        }
        if self.present.contains("context_xml") { try self.writeDescriptor(host) }
        if self.present.contains("war") { try host.writeArchive(descriptor: DeployedHost.context(named: "WAR")) }
        guard self.present.contains("dir") else { return }
        let hasDescriptor = !(self.operation == "add" && self.artefact == "xml_in_dir")
        try host.writeFolder(descriptor: hasDescriptor ? DeployedHost.context(named: "DIR") : nil)
    }

    private func writeDescriptor(_ host: DeployedHost) throws {
        let external =
            self.present.contains("external_war") || self.artefact == "external" && self.operation == "add"
            ? DeployedHost.externalArchive
            : self.present.contains("external_dir") ? DeployedHost.externalFolder : nil
        let docBase = external.map { "docBase=\"\(host.files[$0])\"" } ?? ""
        try host.write(DeployedHost.descriptor, DeployedHost.context(named: "XML", docBase))
    }

    private func path(_ host: DeployedHost) -> String {
        switch self.artefact {
        case "war": DeployedHost.archive
        case "dir": DeployedHost.folder
        case "context_xml": DeployedHost.descriptor
        default:
            self.present.contains("external_dir") ? DeployedHost.externalFolder : DeployedHost.externalArchive
        }
    }

    private func change(_ host: DeployedHost) throws {
        switch (self.operation, self.artefact) {
        case ("touch", _): try host.touch(self.path(host), age: 5000)
        case ("delete", _): try host.files.remove(self.path(host))
        case (_, "war"): try host.writeArchive(descriptor: DeployedHost.context(named: "WAR"))
        case (_, "dir"): try host.writeFolder(descriptor: DeployedHost.context(named: "DIR"))
        case (_, "xml_in_dir"): try host.write(DeployedHost.embedded, DeployedHost.context(named: "DIR"))
        case (_, "external"):
            try host.writeArchive(DeployedHost.externalArchive, descriptor: DeployedHost.context(named: "WAR"))
            try self.writeDescriptor(host)
        default: try self.writeDescriptor(host)
        }
    }
}

/// An application deployed from one kind of artefact.
struct Deployment {
    var artefact: String
    var deployXML = true
    var copyXML = false
    var unpackWARs = true
    /// Further attributes of the archive's own descriptor.
    var attributes = ""

    func run() async throws -> DeployedHost.Observation {
        let host = try DeployedHost { host in
            host.deployXML = self.deployXML
            host.copyXML = self.copyXML
            host.unpackWARs = self.unpackWARs
        }
        try self.write(host)
        try await host.start()
        await host.tick()
        let observation = host.observation
        try await host.stop()
        return observation
    }

    private func write(_ host: DeployedHost) throws {
        let war = DeployedHost.context(named: "WAR", self.attributes)
        switch self.artefact {
        case "dir": try host.writeFolder()
        case "dir_xml": try host.writeFolder(descriptor: DeployedHost.context(named: "DIR"))
        case "broken_dir":
            try host.writeFolder(descriptor: "<Context><Valve className='no.such.Valve'/></Context>")
        case "war": try host.writeArchive()
        case "war_xml": try host.writeArchive(descriptor: war)
        case "broken_war": try host.writeArchive(descriptor: "<Context")
        case "xml": try host.write(DeployedHost.descriptor, DeployedHost.context(named: "XML"))
        case "broken_xml":
            try host.writeFolder(descriptor: DeployedHost.context(named: "DIR"))
            try host.write(DeployedHost.descriptor, "<Context sessionCookieName='XML'")
        case "xml_external_dir_xml":
            try host.writeFolder(DeployedHost.externalFolder, descriptor: DeployedHost.context(named: "DIR"))
            try self.write(host, docBase: DeployedHost.externalFolder)
        case "xml_external_war_xml":
            try host.writeArchive(DeployedHost.externalArchive, descriptor: war)
            try self.write(host, docBase: DeployedHost.externalArchive)
        default: throw VectorError.unexpected(self.artefact)
        }
    }

    private func write(_ host: DeployedHost, docBase: String) throws {
        let attribute = "docBase=\"\(host.files[docBase])\""
        try host.write(DeployedHost.descriptor, DeployedHost.context(named: "XML", attribute))
    }
}

@Suite struct AutoDeployTests {
    @Test("deployment as Tomcat was seen to do it", arguments: Vectors.rows("08/recorded_deployment.jsonl"))
    func recorded(_ row: VectorRow) async throws {
        let after = Self.observation(row["after"])
        switch try row.string("operation") {
        case "deploy":
            let deployment = Deployment(
                artefact: try row.string("artefact"),
                deployXML: try row.bool("deployXML"),
                copyXML: try row.bool("copyXML"),
                unpackWARs: try row.bool("unpackWARs")
            )
            row.expect(try await deployment.run(), equals: after)
        case "copy_xml", "unpack_war": row.expect(try await Self.flag(row).run(), equals: after)
        default:
            let change = FileChange(
                operation: try row.string("operation"),
                artefact: try row.string("artefact"),
                present: Set(try row.string("present").split(separator: "+").map(String.init)),
                deployXML: try row.bool("deployXML"),
                copyXML: try row.bool("copyXML"),
                unpackWARs: try row.bool("unpackWARs")
            )
            let outcome = try await change.run()
            row.expect(
                [outcome.start.description, outcome.after.description, outcome.action],
                equals: [Self.observation(row["start"]).description, after.description, try row.string("action")]
            )
        }
    }

    private static func observation(_ value: JSONValue) -> DeployedHost.Observation {
        DeployedHost.Observation(
            files: value["files"].string ?? "",
            config: value["config"].string,
            state: value["state"].string
        )
    }

    /// An archive whose own descriptor has the attribute that a Host has, too.
    private static func flag(_ row: VectorRow) throws -> Deployment {
        let isCopy = try row.string("operation") == "copy_xml"
        let host = try row.bool("host")
        let attribute = isCopy ? "copyXML" : "unpackWAR"
        return Deployment(
            artefact: try row.bool("external") ? "xml_external_war_xml" : "war_xml",
            copyXML: isCopy && host,
            unpackWARs: isCopy || host,
            attributes: "\(attribute)=\"\(try row.bool("context"))\""
        )
    }

    @Test("changes of files while running", arguments: changes)
    func changesAgree(_ row: VectorRow) async throws {
        let host = row["host_config"]
        let change = FileChange(
            operation: try row.string("operation"),
            artefact: row["added"].string ?? row["touched"].string ?? row["deleted"].string ?? "",
            present: Set((row["present"].object ?? [:]).filter { $0.value.bool == true }.keys),
            deployXML: host["deploy_xml"].bool ?? true,
            copyXML: host["copy_xml"].bool ?? false,
            unpackWARs: host["unpack_wars"].bool ?? true
        )
        let outcome = try await change.run()
        var got = [outcome.after.files, outcome.after.config ?? "nil"]
        var wanted = [Self.letters(row["after"]), row["effective_config_from"].string?.uppercased() ?? "nil"]
        if let action = row["action"].string {
            got.append(outcome.action)
            wanted.append(action)
        }
        if let state = row["context_state"].string {
            got.append(outcome.after.state?.lowercased() ?? "")
            wanted.append(state)
        }
        row.expect(got, equals: wanted)
    }

    @Test("deployments at start", arguments: deployments)
    func deploymentsAgree(_ row: VectorRow) async throws {
        let host = row["host_config"]
        let deployment = Deployment(
            artefact: Self.artefacts[row["artefact"].string ?? ""] ?? "",
            deployXML: try host.flag("deploy_xml"),
            copyXML: try host.flag("copy_xml"),
            unpackWARs: try host.flag("unpack_wars")
        )
        let observed = try await deployment.run()
        row.expect(
            [observed.files, observed.config ?? "nil", observed.state?.lowercased() ?? "nil"],
            equals: [
                Self.letters(row["after"]), row["effective_config_from"].string?.uppercased() ?? "nil",
                row["context_state"].string ?? "",
            ]
        )
    }

    @Test("attributes that Host and Context share", arguments: flags)
    func flagsAgree(_ row: VectorRow) async throws {
        let isCopy = try row.string("operation") == "copy_xml"
        let (host, own) = (row["host_config"], row["artefact_config"])
        let hostFlag = try host.flag(isCopy ? "copy_xml_host" : "unpack_wars")
        let ownFlag = try own.flag(isCopy ? "copy_xml_war" : "unpack_war")
        let deployment = Deployment(
            artefact: try own.flag("external") ? "xml_external_war_xml" : "war_xml",
            copyXML: isCopy && hostFlag,
            unpackWARs: isCopy || hostFlag,
            attributes: "\(isCopy ? "copyXML" : "unpackWAR")=\"\(ownFlag)\""
        )
        let observed = try await deployment.run()
        if isCopy {
            row.expect(observed.files.hasPrefix("X"), equals: try row["after"].flag("context_xml"))
        } else {
            row.expect(observed.files.hasSuffix("D"), equals: try row["after"].flag("dir"))
        }
    }

    @Test("an archive replaced while the host is stopped is served at the next start", arguments: offline)
    func offlineAgree(_ row: VectorRow) async throws {
        let settings = row["host_config"]
        let (deploysAtStart, deploysLater) = try (settings.flag("deploy_on_start_up"), settings.flag("auto_deploy"))
        let host = try DeployedHost { host in
            host.deployOnStartup = deploysAtStart
            host.autoDeploy = deploysLater
        }
        try host.writeArchive(descriptor: DeployedHost.context(named: "WAR"), page: "old")
        try await host.start()
        try await host.deployer.check("/myapp")
        #expect(host.files.text("webapps/myapp/index.html") == "old")
        try await host.engine.stop()
        let hasDescriptor = try row.string("new_war") == "context.war"
        try host.writeArchive(descriptor: hasDescriptor ? DeployedHost.context(named: "NEW") : nil, page: "new")
        try host.touch(DeployedHost.archive, age: 5000)
        try await host.engine.start()
        row.expect(
            [host.files.text("webapps/myapp/index.html"), host.context()?.state.description],
            equals: ["new", "STARTED"]
        )
        try await host.stop()
    }

    @Test("an application that cannot start leaves its files in place", arguments: broken)
    func brokenAgree(_ row: VectorRow) async throws {
        let host = try DeployedHost()
        try host.files.write(
            DeployedHost.archive,
            ZipArchive.bytes([
                (name: "META-INF/context.xml", text: "<Context antiResourceLocking=\"true\"/>"),
                (name: "WEB-INF/web.xml", text: "<web-app><servlet>"),
            ])
        )
        try host.touch(DeployedHost.archive, age: 10_000)
        try await host.start()
        await host.tick()
        row.expect(host.observation.description, equals: "-WD nil STOPPED")
        #expect(host.context()?.failure?.contains("web.xml") == true)
        try await host.stop()
    }

    private static let rows = Vectors.rows("08/08_auto_deploy.jsonl")
    private static let changes = rows.filter { ["add", "touch", "delete"].contains($0["operation"].string) }
    private static let deployments = rows.filter { $0["operation"].string == "deploy" }
    private static let flags = rows.filter { ["copy_xml", "unpack_war"].contains($0["operation"].string) }
    private static let offline = rows.filter { $0["operation"].string == "update_war_while_stopped" }
    private static let broken = rows.filter { $0["operation"].string == "broken_app_anti_locking" }

    private static let artefacts = [
        "directory without context.xml": "dir", "directory with META-INF/context.xml": "dir_xml",
        "WAR without context.xml": "war", "WAR with META-INF/context.xml": "war_xml",
        "context.xml in the host config dir, WAR or dir in appBase absent": "xml",
        "context.xml pointing at an external directory with its own META-INF/context.xml": "xml_external_dir_xml",
        "context.xml pointing at an external WAR with its own META-INF/context.xml": "xml_external_war_xml",
    ]

    private static func letters(_ after: JSONValue) -> String {
        [("X", "context_xml"), ("W", "war"), ("D", "dir")].map { after[$0.1].bool == true ? $0.0 : "-" }.joined()
    }
}

extension JSONValue {
    /// A member that must be a boolean.
    fileprivate func flag(_ name: String) throws -> Bool {
        guard let value = self[name].bool else { throw VectorError.unexpected("member \(name)") }
        return value
    }
}
