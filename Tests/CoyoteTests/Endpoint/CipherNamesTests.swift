import Testing

@testable import Coyote

@Suite struct CipherNamesTests {
    @Test(
        "registered names become OpenSSL's, all else stays",
        arguments: [
            ("HIGH:!aNULL", "HIGH:!aNULL", nil), ("HIGH", "HIGH", nil),
            ("ECDHE-RSA-AES128-GCM-SHA256,AES128-SHA", "ECDHE-RSA-AES128-GCM-SHA256,AES128-SHA", nil),
            (
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_128_CBC_SHA",
                "ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA", nil
            ),
            (
                "TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
                "TLS_AES_128_GCM_SHA256"
            ),
            ("TLS_AES_128_GCM_SHA256", nil, "TLS_AES_128_GCM_SHA256"),
            ("TLS_RSA_WITH_AES_128_CBC_SHA,TLS_NO_SUCH_SUITE", "AES128-SHA:TLS_NO_SUCH_SUITE", nil),
        ] as [(String, String?, String?)]
    )
    func translates(attribute: String, list: String?, suites: String?) {
        let names = CipherNames(attribute)
        #expect(names.list == list)
        #expect(names.suites == suites)
    }
}
