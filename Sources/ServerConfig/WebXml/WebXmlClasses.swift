import Modeler

/// The classes that a descriptor names, checked against those that the application's modules and the container offer.
///
/// Without its listeners and filters an application does not start; without a servlet, requests for that get 404.
package enum WebXmlClasses {
    /// Class names on offer.
    package struct Offer: Sendable, Equatable {
        package var servlets: Set<String> = []
        package var filters: Set<String> = []
        package var listeners: Set<String> = []

        package init(servlets: Set<String> = [], filters: Set<String> = [], listeners: Set<String> = []) {
            self.servlets = servlets
            self.filters = filters
            self.listeners = listeners
        }
    }

    /// What is wrong with the classes of one document, each at its element.
    package static func problems(of document: XMLDocument, offer: Offer) -> [ConfigProblem] {
        let kinds: [(element: String, known: Set<String>, severity: ConfigProblem.Severity)] = [
            ("servlet", offer.servlets, .warning),
            ("filter", offer.filters, .fatal),
            ("listener", offer.listeners, .fatal),
        ]
        return document.root.children.flatMap { element -> [ConfigProblem] in
            guard let kind = kinds.first(where: { $0.element == element.name }),
                let named = element.last(kind.element + "-class"), !named.text.isEmpty, !named.text.contains("${"),
                !kind.known.contains(named.text)
            else { return [] }
            let place = ConfigPlace(named, file: document.file, path: "web-app/\(element.name)/\(named.name)")
            return [Self.problem(kind.severity, at: place, kind.element, named.text, kind.known)]
        }
    }

    private static func problem(
        _ severity: ConfigProblem.Severity,
        at place: ConfigPlace,
        _ kind: String,
        _ name: String,
        _ known: Set<String>
    ) -> ConfigProblem {
        let message = "no module in WEB-INF/lib offers the \(kind) class [\(name)]"
        return ConfigProblem(
            severity,
            at: place,
            message,
            nearest: NearestName.nearest(to: name, among: known.sorted()),
            log: ConfigProblem.LogLine(.severe, source: "org.apache.catalina.core.StandardContext.start", message)
        )
    }
}
