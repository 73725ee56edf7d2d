import ServletAPI

@testable import CatalinaCore
@testable import Coyote

extension ScenarioProgram {
    /// Steps that concern the body of the request and what it holds.
    func readBody(_ step: String, _ name: String) async throws -> Bool {
        let request = self.request
        switch step {
        case "params":
            let parameters = await request.parameters()
            let shown = parameters.names.sorted().map { " \($0)=[\(parameters.all($0).joined(separator: ", "))]" }
            self.add("params" + shown.joined())
        case "failed":
            let names = ["parameter_parse_failed", "parameter_parse_failed_reason"]
            let values = names.map { request.attribute("org.apache.catalina." + $0).map { "\($0)" } ?? "null" }
            self.add("failed " + values.joined(separator: " "))
        case "parts": for part in try await request.parts() { self.add(try await Self.show(part)) }
        case "part": self.add("part \(name) \(try await request.part(name) != nil)")
        case "body":
            let text = String(latin1: try await request.inputStream().readAll())
            self.add("body " + text.replacing("\r\n", with: "~"))
        case "reader":
            let text = try await request.reader().readAll()
            self.add("reader \(text.unicodeScalars.count { $0.value > 255 }) \(text)")
        case "encodingOf": self.add("encoding \(request.characterEncoding ?? "null")")
        case "lengths": self.add("lengths \(request.contentLength) \(request.contentType ?? "null")")
        default: return false
        }
        return true
    }

    private static func show(_ part: any Part) async throws -> String {
        let names = Set(part.headerNames.map { $0.lowercased() }).sorted().joined(separator: ", ")
        return "part \(part.name) \(part.submittedFileName ?? "null") \(part.contentType ?? "null") \(part.size) "
            + "[\(names)] \(String(latin1: try await part.bytes()))"
    }
}
