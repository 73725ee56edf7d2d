#!/bin/sh
# Makes the certificates of this directory anew. They prove nothing and expire in a hundred years.
set -e
cd "$(dirname "$0")"
days=36500
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days -subj '/CN=Test CA' \
    -keyout ca-key.pem -out ca.pem -addext 'basicConstraints=critical,CA:TRUE'
issue() { # name, key options, subject, alternative names
    openssl req -new -newkey $2 -nodes -subj "/CN=$3" -keyout $1-key.pem -out $1.csr
    printf 'subjectAltName=%s\n' "$4" > $1.ext
    openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days $days -extfile $1.ext -out $1.pem
    rm $1.csr $1.ext
}
issue rsa rsa:2048 localhost DNS:localhost
issue ec 'ec -pkeyopt ec_paramgen_curve:P-256' localhost DNS:localhost
issue other 'ec -pkeyopt ec_paramgen_curve:P-256' other.test DNS:other.test,DNS:*.wild.test
issue client 'ec -pkeyopt ec_paramgen_curve:P-256' 'Test Client' email:client@example.org
openssl ec -in ec-key.pem -aes256 -passout pass:secret -out ec-key-encrypted.pem
cat ec.pem ca.pem > ec-chain.pem
openssl pkcs12 -export -in ec.pem -inkey ec-key.pem -certfile ca.pem -name first -passout pass:changeit -out ec.p12
openssl pkcs12 -export -in rsa.pem -inkey rsa-key.pem -name second -passout pass:changeit -out rsa.p12
openssl pkcs12 -export -nokeys -in ca.pem -passout pass:changeit -out truststore.p12
rm -f ca.srl ca-key.pem
