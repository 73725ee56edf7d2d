#!/bin/sh
# Lets libFuzzer look for octets that make the HTTP codec, the multipart parser, the reader of Java objects or
# that of cluster frames trap.
#
# Usage: fuzz.sh [SECONDS [TARGET…]]   600 seconds each; targets: http chunked multipart fields objects flat
# frames
# Inputs that were worth keeping are in .build-fuzz/corpus/TARGET, findings in .build-fuzz/findings; one is run
# again by: FUZZ_TARGET=TARGET .build-fuzz/fuzz FILE

cd "$(dirname "$0")/.." || exit 1
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- http chunked multipart fields objects flat frames

CARACAL_FUZZ=1 swift build -c release --scratch-path .build-fuzz --product Fuzz \
    -Xswiftc -sanitize=fuzzer -Xswiftc -enable-testing || exit 1
swiftc -sanitize=fuzzer .build-fuzz/release/libFuzz.a -lssl -lcrypto -lz -o .build-fuzz/fuzz || exit 1

mkdir -p .build-fuzz/corpus/http .build-fuzz/corpus/chunked .build-fuzz/corpus/multipart .build-fuzz/corpus/fields \
    .build-fuzz/corpus/objects .build-fuzz/corpus/flat .build-fuzz/corpus/frames .build-fuzz/findings
printf 'xGET /a?b HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n' >.build-fuzz/corpus/http/seed
printf 'xPOST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: a\r\nCookie: b=c\r\n\r\n1\r\na\r\n0\r\n\r\n' \
    >.build-fuzz/corpus/http/chunked
printf 'xPOST http://b:1/ HTTP/1.0\r\nContent-Length: 1\r\nConnection: keep-alive\r\nHost: a\r\n\r\na' \
    >.build-fuzz/corpus/http/length
printf 'x3;a="b"\r\nabc\r\n0\r\nx-y: z\r\n\r\n' >.build-fuzz/corpus/chunked/seed
printf 'x--b\r\nContent-Disposition: form-data; name=a; filename*=UTF-8'"''"'%%c3\r\n\r\n1\r\n--b--\r\n' \
    >.build-fuzz/corpus/multipart/seed
printf 'x/a;b=c/%%2e./d' >.build-fuzz/corpus/fields/seed
printf '\0\254\355\0\5\167\15\0\0\0\1\0\0\0\2\0\2ab\1\164\0\1c' >.build-fuzz/corpus/flat/stream
printf '\1\0\0\0\1\1\160\164\0\1a\160' >.build-fuzz/corpus/flat/object
python3 - <<'END'
import json
for line in open("Tests/Vectors/java/streams.jsonl"):
    row = json.loads(line)
    if len(row["hex"]) < 4000:
        with open(".build-fuzz/corpus/objects/" + row["name"].replace(":", "."), "wb") as seed:
            seed.write(b"x" + bytes.fromhex(row["hex"]))
for name in ("frame-bytemessage", "frame-ack", "frame-object-sync-ack", "frame-fail-detect-probe", "gzip-delta",
             "encrypt-gcm-delta", "frag-3-of-4", "order-1", "twophase-confirm", "nonblock-0-request", "member-full",
             "mcast-heartbeat", "staticsvc-start-request", "rpc-request"):
    with open("Tests/Vectors/tribes/" + name + ".hex") as digits, \
            open(".build-fuzz/corpus/frames/" + name, "wb") as seed:
        seed.write(b"x" + bytes.fromhex(digits.read()))
END
cat >.build-fuzz/words <<'END'
"\x0d\x0a"
"\x0d\x0a\x0d\x0a"
"\x0d\x0a--b"
"HTTP/1.1"
"HTTP/1.0"
"http://a/"
"Host: a\x0d\x0a"
"Host: b:1\x0d\x0a"
"Content-Length: 1\x0d\x0a"
"Transfer-Encoding: chunked\x0d\x0a"
"Cookie: a=b; c=\x22d\x22\x0d\x0a"
"Expect: 100-continue\x0d\x0a"
"Connection: close\x0d\x0a"
"Content-Disposition: form-data; name="
"filename*=UTF-8''"
"=?utf-8?q?"
"boundary="
"Digest "
"[::1]"
"bytes="
"Sun, 06 Nov 1994 08:49:37 GMT"
"\xac\xed\x00\x05"
"\x71\x00\x7e\x00\x00"
"\x02\x00\x00\x78\x70"
"java.util.ArrayList"
"FLT2002"
"TLF2003"
"TRIBES-B\x01\x00"
"TRIBES-E\x01\x00"
"BABY-ALEX"
END

# The runtime's own handler of traps would keep libFuzzer from writing the input down.
export SWIFT_BACKTRACE=enable=no
failed=0
for target; do
    echo "fuzz $target for $seconds s"
    FUZZ_TARGET=$target .build-fuzz/fuzz -max_total_time="$seconds" -max_len=2048 -print_final_stats=1 \
        -dict=.build-fuzz/words -artifact_prefix=".build-fuzz/findings/$target-" ".build-fuzz/corpus/$target" \
        >".build-fuzz/$target.log" 2>&1 || failed=1
    sed -n 's/^stat::number_of_executed_units: *\(.*\)/    \1 inputs/p; /^SUMMARY/p' ".build-fuzz/$target.log"
done
ls .build-fuzz/findings | sed 's/^/finding: /'
exit $failed
