import CatalinaCore

/// `reference DIR`: writes the manual's reference pages into a folder.
enum ReferenceCommand {
    static func run(_ arguments: [String]) -> Int32 {
        guard arguments.count == 1 else {
            StandardStreams.error("usage: catalina.sh reference DIR")
            return 1
        }
        do {
            try FileIO.makeDirectories(arguments[0])
            for page in ReferencePages().pages { try FileIO.write(page.html, to: arguments[0] + "/" + page.name) }
        } catch {
            StandardStreams.error("reference: \(error)")
            return 1
        }
        return 0
    }
}
