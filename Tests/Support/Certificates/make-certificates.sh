#!/bin/sh
# Makes the certificates of the TLS tests. They hold for a hundred years, but for the one that has expired.
set -eu
cd "$(dirname "$0")"

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# sign NAME SUBJECT-ALTERNATIVE-NAMES FROM UNTIL: a certificate signed by our authority
sign() {
    key "$1.key.pem"
    openssl req -new -key "$1.key.pem" -subj "/CN=$1" -out "$1.csr"
    printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\n' "$2" > "$1.ext"
    openssl ca -batch -notext -md sha256 -config ca.cnf -extfile "$1.ext" \
        -startdate "$3" -enddate "$4" -in "$1.csr" -out "$1.pem" 2> /dev/null
    rm -f "$1.csr" "$1.ext"
}

cat > ca.cnf <<'CONFIG'
[ca]
default_ca = authority
[authority]
database = index.txt
serial = serial.txt
new_certs_dir = .
certificate = authority.pem
private_key = authority.key.pem
policy = anything
unique_subject = no
[anything]
commonName = supplied
CONFIG

printf '' > index.txt
echo 01 > serial.txt
key authority.key.pem
openssl req -x509 -new -key authority.key.pem -subj '/CN=greeter-tui test authority' -days 36500 -out authority.pem
sign good 'DNS:localhost,IP:127.0.0.1' 20200101000000Z 21200101000000Z
sign wrong-host 'DNS:other.example' 20200101000000Z 21200101000000Z
# What a client shows: of our authority, and of one that no server knows.
sign client 'DNS:client.example' 20200101000000Z 21200101000000Z
sign expired 'DNS:localhost,IP:127.0.0.1' 20200101000000Z 20200102000000Z
key self-signed.key.pem
openssl req -x509 -new -key self-signed.key.pem -subj '/CN=localhost' -days 36500 \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -out self-signed.pem
key stranger.key.pem
openssl req -x509 -new -key stranger.key.pem -subj '/CN=stranger' -days 36500 -out stranger.pem
rm -f ca.cnf index.txt* serial.txt* authority.key.pem [0-9]*.pem
