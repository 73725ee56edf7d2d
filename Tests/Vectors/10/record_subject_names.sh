#!/bin/sh
# Makes certificates with unusual subjects and prints them with their names as Java prints them, a JSON row each.
#
# Usage: record_subject_names.sh > recorded_subject_names.jsonl   (OpenSSL 3.0, OpenJDK 17)
set -e
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl ecparam -name prime256v1 -genkey -noout -out "$work/key.pem"
cat > "$work/Names.java" <<'JAVA'
import java.io.*;
import java.security.cert.*;
import java.util.HexFormat;

public class Names {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            try (InputStream in = new FileInputStream(file)) {
                X509Certificate c = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
                StringBuilder text = new StringBuilder();
                for (char x : c.getSubjectX500Principal().toString().toCharArray()) {
                    if (x == '"' || x == '\\') text.append('\\').append(x);
                    else if (x < ' ' || x > '~') text.append(String.format("\\u%04x", (int) x));
                    else text.append(x);
                }
                System.out.println("{\"der\": \"" + HexFormat.of().formatHex(c.getEncoded()) + "\", \"name\": \"" + text
                    + "\", \"not_before\": " + c.getNotBefore().getTime() / 1000 + ", \"not_after\": " + c.getNotAfter().getTime() / 1000 + "}");
            }
        }
    }
}
JAVA
count=0
while IFS= read -r subject; do
    count=$((count + 1))
    openssl req -new -x509 -utf8 -nameopt utf8 -key "$work/key.pem" -days 30 -subj "$subject" -out "$work/$(printf %02d $count).pem"
done <<'SUBJECTS'
/CN=user1
/C=DE/ST=Bayern/L=München/O=Example AG/OU=Dev/CN=localhost
/DC=org/DC=example/UID=jdoe/CN=John Doe
/emailAddress=someone@example.org/CN=mail
/CN=comma, plus \+ equals = less < more > hash # semicolon ;
/CN="in quotes"
/CN=quote " inside
/CN=back\\slash
/CN= leading blank
/CN=trailing blank 
/CN=two  blanks
/CN=a+OU=b/O=c
/GN=Jane/SN=Doe/initials=JD/serialNumber=1234/title=Dr/street=Main 1/generationQualifier=III/dnQualifier=x/CN=all
/businessCategory=b/postalCode=12345/jurisdictionC=DE/CN=unknown keywords
/CN=日本語/O=Ünïcode
/O=only an organisation
SUBJECTS
java "$work/Names.java" "$work"/[0-9]*.pem
