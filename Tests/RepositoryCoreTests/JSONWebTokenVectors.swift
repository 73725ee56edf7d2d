/// Assertions signed with RS256 and its kin by Python's `cryptography` 48.0.0, seen at 2023-11-14T22:13:20Z.
enum JSONWebTokenVectors {
    static let key = #"""
        {"kty":"RSA","n":"uGDeCw4QZr8HlQV6hg3wb6iKqDpkoDQIue_ppu2UKBCAZvKzgWBqiA5U78ktS22u8gDPGQKy\#
        is8vBB40guyrTSffKSVIuxdGsBdT9x-267IhG-PNnGog1pdH5lwOd8zk2N5f2BCBaqQ16TUne4DN7Egat5Zze03DwE\#
        -b8nOTYTTeGezys1m0VvzrUxiwCQ1qcEnr_tquBgWJFD79aORktbI4ZbhDbdXdroWlfW8eeSmstjsZ3ePoZcDkGEoe\#
        3CSOWPam__wj7R-YBJAjJgy-fR3NCoSKBvx_MLBl0vkt0JNs64oz2kNF9yZ409VeU4OkA2DkQWQBvTNpOKUfQv_JIw\#
        ","e":"AQAB"}
        """#

    static let tokens: [(name: String, text: String, isSigned: Bool, isTimely: Bool)] = [
        (
            name: "plain",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMH0.KK2zgmN51ZaqEF4ylLX\
            KUgkYPFRvYpj-JMuwPODW_SbL_cCwLEb2ZAxs1oJW-9c1Yez_RADMzVhMluggrN0lVPRMqO3rOaJ6akcelWlJCG1bd\
            8BGSg0cMt-1-Bdy0xqJ5zSCscO6S9cL19GcVbhx9xKET5qYo7iu6IRApjokzxDANG2P8CKgQDTuJmHaHxK_M_lqsiY\
            kBDhv5juwLblkVHzCFyZjEzXqF_EMK1tYuh-xIoe8CFPqkHdFHtVBNbsuti5zF0vfcPB3w1mR6sdiV4yRNGKCmtBLQ\
            bK9GyftljX1v-A1XIkEl2QdmdI1MTk5NEEb_gfxPSOzC8Uea5SUeA
            """,
            isSigned: true,
            isTimely: true
        ),
        (
            name: "RS384",
            text: """
            eyJhbGciOiAiUlMzODQifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMH0.ZQdHPpRDLahJW03Wi-p\
            1GGnssLrhWBloMz8FjuZ4mfE5P5hx0aU9JOaRAGLuH0aHKjwpAU2kDeGUobklCCT2StRa57MFj8q7RgHX0kfeNwNqk\
            pAXX996sQqYWtsAHa9EryoU3fTPomYi_uZApqHkP2KKOltjD-FHdMCN2Y3FdFqVqa63q0tn7NiCjrTfBZxbQv8ChNw\
            8DAMuZ_5sq_YFOloV-Vcq1ra75O_PCr4IQIjck7ttULrsH8u0xJ7xE-fdflhBOrHculIZ2vvz8pdQQAvVJB4GeNLni\
            B5bJ74YlgFMaqBos9FwDdLZst0U4g2PvHen1mEe-FTnLt3GBYRzuQ
            """,
            isSigned: true,
            isTimely: true
        ),
        (
            name: "RS512",
            text: """
            eyJhbGciOiAiUlM1MTIifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMH0.OcY_Wyv4JQqS5M8NPvP\
            asOSiuiZtOKkOzU2pWv-xtt6QYqflud9lWGT7ZdImBHJf19edegQOk8-weXP3DnM4b7w5T0nLq-VS3nVhKibZCAbLg\
            ATq9uGdkef2u1avJ7fKLDEQ_jMdTL8L38-e-T9nBbsGZNX4MI9nxI7YGJHUD_njs4UwIx0metZ6JVY3WwNeoH8gYCr\
            M4k7ZzzmPEP3WGOiuEjmmtM30geYjJ40e_qKSe_KvRFuLFimAdbvEJ9kwSkKbBjzEpmwFENzw08OTrRfau5lXm6kVA\
            0PRUf5OxeZPIqt1Bqp6z1QF_cu_ywH-dPwnc-9j4WohowyOI2Yi4Q
            """,
            isSigned: true,
            isTimely: true
        ),
        (
            name: "none",
            text: """
            eyJhbGciOiAibm9uZSJ9.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMH0.
            """,
            isSigned: false,
            isTimely: true
        ),
        (
            name: "wrong algorithm",
            text: """
            eyJhbGciOiAiSFMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMH0.oDelWs6Sb4PX_y0zh3S\
            znnbKf6EEFyvwHUZeWMRLbbBcf9r0ITjucW07jbYRdc70RxAuBlGWMwvYJZVTNoGKMH-t4Lrp6fVe0u4VZb6-19m8a\
            DLCpKYbAJpwcrJ4QAc26hbRNebc4wuQXi3EEOVt4A-qJ4eP2fN0U_qqx6VGvrsGT3X5OrZgzeop-WiNIj39sIZvhkt\
            EL-nMvbwBACZ5B_XtrSo-OCmk15DPwu4n-K-cja5Rm4pyV2GGRQI9hMAWlKIV442x2fIs1BoPfbrsORG0FLoSKHuEV\
            ERTnGtrLtlMI-Lo3C1GUQsCQ4FlYmss7fxEgIdchbNZGNx4EV7V7A
            """,
            isSigned: false,
            isTimely: true
        ),
        (
            name: "other key",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMH0.GQz8Lqn5gBs-d-04idS\
            FNxcA_WD3jvCv9hL1ZSbjZ2VMmroUmzITXVVcAuA1KmGjRHnJGH2Jy4cb4ID39mImmQdBupoD6QTz3jeKkI-nLG_e1\
            BmBC6q47WJQuJkdsf5AvuO-QEXZS-5bqlXooRyveZnTfjyB5OuvghTTNAB0CNJUcdqJycdw6QrAGp7Qfa22S5wLjJQ\
            yPGXpYv6lFIZY57YwWuaIl-nAK1x8yJiRJljRkAZ8XzJVw6hI0W0_D1NjpxA0CQPpHQd7K-AI7-Ryo409TGP_JQQvh\
            Mjes4hnaI0hJMJMHtoeGYPvyw0uWTnqVvHXPGvAO88OXtfGCsO58A
            """,
            isSigned: false,
            isTimely: true
        ),
        (
            name: "expired",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDAwMH0.XHjcUTwsYoBCpyHLAcl\
            j6hMDIFkv6JvAyTPdX7vnurB46uZ5vy_QpiSsARL4dQeSDolPreSBVaZZrvz3FDuiYs3RXXe437o90jquC5dpL1T1p\
            o32jpf-AcOO0QpSnbHYXtPMKhaa7bTIrn4jFP4chhJYURbTGVzN80h65QadAYJUNdvdXooZBDDYLAU81a9T9Zj0AMn\
            wJjnQUTv4aLdodi6sHuSTe5CuSvOACpwr_6GcEl8sRWp1BWnsJ-XUxvfCafwhxSQEjROtuu2PEq27oLJR1TlpEer9p\
            COaJfaC8Ps1XlYaZ2hxtMWwY454784E2HVAi9jOlSQPCqPpv8kssg
            """,
            isSigned: true,
            isTimely: false
        ),
        (
            name: "too long",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMzYwMX0.etvD01rpF8v16Q7MLzi\
            9rvsCeQ0KfHcdZNSd-QTirArqLaZZGbAruFE5hqREFT3FKzWYg01jPMlAhPkYwIRovAQ3i_HACykqw-6LvrHyzvnMK\
            4VhJOdsG2lzrw09rvN9Ka93jzLavbcRtBmxnS2B_gGExDQb5dznJNuAxEnozDp-j8DfQCLemvoz0Z7vp-R39k2n4Rc\
            x1QwG5x-vLrcGQRopPQGZmVCyPrhtvF_coJsM31t0P3YbFetJ4Czl6blp7PVqTaZdGiXMdzxKEYjZftxdQdua7S-v_\
            MQ569nWwV9FlijxHHEJrheRoi7KKW1IQiOJTYHiNnfn3DbtylxJ1g
            """,
            isSigned: true,
            isTimely: false
        ),
        (
            name: "no expiry",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4ifQ.ruzR56lDpdQDgChFrErDuyii-pwmHxObO3NhthUYUO9d\
            1WvSdzOvQzjmCEyv23nTMi79ntk5l-bq5rSGrwlS5suP9sq0i8kooDkXLLcNDgPAJwFWzwnBpHVyLcMPiUXCeYL1gM\
            oiZnbgZIMsFInxL6vrT0hmOXBpDTCtudQIJu0aoQEDqtL5OtAVWzrL-Y99hrA2nmyXgnM_zyk3pn0PxQ0XcFlhm-9q\
            ccDSdm1QZ63bfjovb5jwf2gPGeXMF4Z5XNxes-qRJvr4Xm3C9ELU1RLxRrz0MWcpgOhlxmxOPQPlV7B47HtAE-QQV1\
            wY0rm_bEGZwS0BhcfIc114qy-xNA
            """,
            isSigned: true,
            isTimely: false
        ),
        (
            name: "no issuer",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJleHAiOiAxNzAwMDAwMDA1fQ.pF-TqI6sYnkaEMzJw3H_ZizbSV9_WR85X7uuBfSZ\
            EcwBxlnBbDVGDNRpmV4aTp4GYqSPIfalL59E66lqqHR6ww7LeQmq4Q8Q6edb3HZJMe_gCX7rveMA5ZzujCcdag-qns\
            0ssh84x90X9Dvi0mF5W6g6YbZ4qL7tXRIHA3W086j0vgkknlpAq8y9qK8lLf1SKPyUkBoA9aKPiNE-_Ev5trlUcmuO\
            _oDMdeA7_Ls7gWNQwF8fr-DT_0gifswtzFCP4yMQWIU7qx66ByP_AXMqEm8dKiKvXXy1RajVptVM_OvFGRGwZzw5B5\
            sTW1ryCZXgbQSDcd8JErC-Pq12LWkkpQ
            """,
            isSigned: true,
            isTimely: false
        ),
        (
            name: "not yet",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMCwgIm5iZiI6IDE3MDAwMDA\
            zMDF9.C3eB63p1rJsPJCrUKJ1WSFJHoP9QT53IeDl4ONrNlxgM-PsWv_16_ksH7eNetitQsXNQ2HqnuL9fhkDIGc8H\
            LCI_9azaR6DBbi5BKDIXVVFCEj68He5e-1BNY6tz6jlkZxnHmjyg9k5gfcQnMBBKwhnflWOC7JQCEnnJ8s3yvw79mR\
            F2dn9lCetMp0thmvhuPfit9qDn5hNReHnuzMop90AUQ0oC7q9mJmXUeDt64JvZQOsMltGYp6K1jpHogk8SWs4PRPaE\
            oBTtaKMIeizWiSyEg_G2-GoXtqo67F9UWVU-m3Tad4RaCzV7v9zD7SXsIbHfGSS25j1mX4mQuxjRng
            """,
            isSigned: true,
            isTimely: false
        ),
        (
            name: "skewed",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMCwgIm5iZiI6IDE3MDAwMDA\
            zMDB9.Zdi1h9FGcdRJz1zSBm69tIn8BoDx1Zy07D27slOidTSuWE0UpTyDPT9Ou06IEE6VCBeGdhLOlcsM35pThH12\
            2B0LRV4WkqYRBJy1YA-8fF9CwgiLOq0-yxCzo9G5Mt0EaPFB0Gr0KslLAs7Z7Q8WaS422IBAMjK0jaFUwGVJXBWhLG\
            R8XqCc2HxsUOHdWv7ikna7rOov_i_AIorVk4hL4efZTpqBHTHn4uK9lxlYTjTfTLbYiB9rFxYCX96SaxYUieKx1j8m\
            aQsl6Owe-7oN4a8t0O-cyzOEHfN0Hm_fx-jzJO6Bu6IffxgaFrG6RZ4aM6xjWfdB4i0SVMqGdoLfCQ
            """,
            isSigned: true,
            isTimely: true
        ),
        (
            name: "other subject",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMCwgInN1YiI6ICJ4In0.Yy8\
            QNt6UqW_ezAnZL1B9pkwv9y6gQ1XibTnWGqBB1K_ltd27f16oexmQ18tPRjsAWvWZWbwUYM7AKe0KHuM1Vrh-9k67I\
            R9wZqrnqWAiH_zSA_GP_xT08aD-3inFinL-UJAs43bCMRYKKRRneoTxfBcm52jJYk2Zjsh1AccjEn85dRlIIEvpb_N\
            18UGoaZR8CNdXWVqiszXc7hx-QhXjbHX9TgdMzBZPXE3ZcONSNOSJkaO5Oc6IujVDjFaLW81lgFHyXikKtPnErT6u9\
            wVellIiSy7cwjJo9hw2Q1kVoT3p3yc-qOvsZC85Or7iWxcCNL13oLx8764FEvk2Qnxbig
            """,
            isSigned: true,
            isTimely: false
        ),
        (
            name: "own subject",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMCwgInN1YiI6ICJhZG1pbiJ\
            9.JPu3i2x79TNFvORI8U13d0uSqYiWTfb5Q-CmNDWIE5SpA8OtUuYRWleSC8C-MRv74s0tTDhotRdEWrKpsC8rzAF7\
            _-eDlKF2YB7vODaJ0FelougKepFrR6Y4RyjPB02ttoxFh__iPAXIZugkrS_iOPgJbPrM4FAyGnIsZ2VSJt13wLcI7_\
            FStH83WuWXg6TGhLHbg35Y01wJSK4MXbjzB4_ZGGJ89TFWrnNkQ2tpPq51gZciFqKsy-Bj_YrbxMG0OOSj7gD-j2Vx\
            c3vYbhiL5ZDRVSIkxZB-RLr8ZzPjmBHkv9Yb_8laiM4cx4v5_xKU1r-5VHQAVvhpzxobSjcJlQ
            """,
            isSigned: true,
            isTimely: true
        ),
        (
            name: "audience",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMCwgImF1ZCI6IFsieCIsICJ\
            odHRwOi8vaC8iXX0.JkDagiMnWZcuDPIqbCRSKpr1SY55eenauuys9glaHy4tF0O0R4JBS_4UQrcvL26Ocmo8MyIO2\
            lZDDJ-JVXX9VJWw4GScWg1sJAkW720z7EwZE9ZnwYln-fN_0kQqRgU01IB3ChurcR4UaxMGcwS3NLNzTivfPRfoP6i\
            QAwDAjNiWyVHvsL8kYUKpv1UfKvSc1mrupjbPiENPB2w-N5Q8IeEjttGk3Yhd1W_-8Wuoh2m9pgY2MJ2cuQ8ehQK5e\
            pM-s4j8LqGeV87yUXf2b5LrSyiTSMADW4t0A3vHT-i0e92FNRnmh-eIJepf2y52Jvw_butQ8gV1rNhmZZrNrAwwWQ
            """,
            isSigned: true,
            isTimely: true
        ),
        (
            name: "other audience",
            text: """
            eyJhbGciOiAiUlMyNTYifQ.eyJpc3MiOiAiYWRtaW4iLCAiZXhwIjogMTcwMDAwMDYwMCwgImF1ZCI6ICJ4In0.N4X\
            G5UBhLhYZ5To-10t3z16yL8ZErWtuin7EgEVDgCFvFXp2lPLEtZ6ygaKmHKWi8VfQXfKbFQwDhBzdrWdddqvAkKZwm\
            8GqI4SQFhZ-XijAapj7xe4xDPH8qRCHfMRuRRM1NUHyZe7rnTUNOvK0D_EMVGQmIple860TTNnFAGyHBklinrkOxit\
            fp7jyZenM_tZllVeeINHw-O5HefF-RgEgSEPD_syu6a4VbzfO_o4_-hdJFOxO3QifAmNpU1BYxsg-FI03n3dqzzAeA\
            QYG78BzFBrAs2ZJHtsx113qIAXDKDjg0UcQwOR89gT0JbD-ctOVOqGL5BBMljdwiwmV4Q
            """,
            isSigned: true,
            isTimely: false
        ),
    ]
}
