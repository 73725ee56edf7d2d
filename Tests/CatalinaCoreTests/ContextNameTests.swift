import CatalinaCore
import TestSupport
import Testing

@Suite struct ContextNameTests {
    @Test("names from paths and from files", arguments: Vectors.rows("10/10_context_name.jsonl"))
    func names(_ row: VectorRow) throws {
        let name: ContextName
        if try row.string("from") == "file_name" {
            name = ContextName(
                fileName: try row.string("file_name"),
                strippingExtension: try row.bool("strip_extension")
            )
        } else {
            name = ContextName(path: row["path_in"].string, version: row["version_in"].string)
        }
        row.expect(
            [name.baseName, name.path, name.version, name.displayName],
            equals: try ["base_name", "path", "version", "display_name"].map(row.string)
        )
    }

    @Test("names from paths in a file system", arguments: Vectors.rows("10/10_context_name_from_path.jsonl"))
    func filePaths(_ row: VectorRow) throws {
        let name = ContextName(filePath: try row.string("path"))
        row.expect([name.path, name.version], equals: [try row.string("context_path"), try row.string("version")])
    }

    @Test("names as environment entries", arguments: Vectors.rows("10/10_context_naming_info.jsonl"))
    func namingInfo(_ row: VectorRow) throws {
        let name = ContextName(path: try row.string("context_path"), version: try row.string("webapp_version"))
        let info = name.namingInfo(emptyOnRoot: try row.bool("empty_on_root"))
        row.expect(
            [info.path, info.encodedPath, info.name],
            equals: try ["path", "encoded_context_path", "name"].map {
                try row.string("expected_" + ($0 == "path" ? "context_path" : $0))
            }
        )
    }

    @Test(
        "the key among a Host's children",
        arguments: [("/foo", "", "/foo"), ("", "", ""), ("", "2", "##2"), ("/a/b", "1.0", "/a/b##1.0")]
    )
    func key(path: String, version: String, name: String) {
        #expect(ContextName(path: path, version: version).name == name)
        #expect(ContextName(fileName: name, strippingExtension: false).name == name)
        #expect(
            ContextName(fileName: ContextName(path: path, version: version).baseName, strippingExtension: false).name
                == name
        )
    }

    @Test("ROOT is case-sensitive, and a path of several components is kept")
    func root() {
        #expect(ContextName(fileName: "root", strippingExtension: true).path == "/root")
        #expect(ContextName(fileName: "/", strippingExtension: false).path == "")
        #expect(ContextName(path: "/a") < ContextName(path: "/b"))
    }
}
