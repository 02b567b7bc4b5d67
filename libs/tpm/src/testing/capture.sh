#!/bin/sh
# Captures the fixtures from a fresh software TPM: public areas, quotes of every signature scheme, a
# certified release key, and a quote after a restart. Needs swtpm and tpm2-tools. Prints one JSON document.
#   ./capture.sh > swtpm.json
set -eu
dir=$(mktemp -d /tmp/tpm-capture.XXXXXX)
cd "$dir"
mkdir state
export TPM2TOOLS_TCTI="swtpm:path=$dir/sock"
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT

start() {
  swtpm socket --tpm2 --tpmstate dir="$dir/state" --flags not-need-init,startup-clear \
    --server type=unixio,path="$dir/sock" --ctrl type=unixio,path="$dir/sock.ctrl" >&2 &
  pid=$!
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -S "$dir/sock.ctrl" ] && [ -S "$dir/sock" ] && break
    sleep 0.1
  done
}
stop() {
  tpm2_shutdown >&2
  kill "$pid"
  wait "$pid" 2>/dev/null || true
  rm -f sock sock.ctrl
}
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
field() { printf '  "%s": "%s",\n' "$1" "$(hex "$2")"; }
flush() { tpm2_flushcontext -t >&2; }

NONCE=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
PCRS=sha256:0,1,2,3,4,7

start
tpm2_pcrextend 4:sha256=5555555555555555555555555555555555555555555555555555555555555555 >&2
tpm2_createek -c ek-rsa.ctx -G rsa -u ek-rsa.pub >&2; flush
tpm2_createek -c ek-ecc.ctx -G ecc -u ek-ecc.pub >&2; flush
echo '{'
printf '  "nonce": "%s",\n' "$NONCE"
field ek_rsa ek-rsa.pub
field ek_ecc ek-ecc.pub

for scheme in ecdsa rsassa rsapss; do
  family=rsa
  [ $scheme = ecdsa ] && family=ecc
  tpm2_createak -C ek-rsa.ctx -c $scheme.ctx -G $family -g sha256 -s $scheme -u $scheme.pub -n $scheme.name >&2; flush
  tpm2_quote -c $scheme.ctx --scheme $scheme -l $PCRS -q $NONCE -m $scheme.attest -s $scheme.sig -o $scheme.pcrs -F values -g sha256 >&2; flush
  # The TPM checks its own signature; the script ends here when that fails.
  tpm2_verifysignature -c $scheme.ctx -g sha256 -m $scheme.attest -s $scheme.sig >&2; flush
  field ak_$scheme $scheme.pub
  field name_$scheme $scheme.name
  field quote_$scheme $scheme.attest
  field quote_signature_$scheme $scheme.sig
done
field pcr_values ecdsa.pcrs
printf 'ecdsa rsassa rsapss' > verified
field verified_by_tpm verified

tpm2_quote -c ecdsa.ctx -l sha256:0,1 -q $NONCE -m subset.attest -s subset.sig -g sha256 >&2; flush
tpm2_quote -c ecdsa.ctx -l sha1:0,1,2,3,4,7 -q $NONCE -m sha1.attest -s sha1.sig -g sha256 >&2; flush
tpm2_quote -c ecdsa.ctx -l sha1:0+$PCRS -q $NONCE -m two.attest -s two.sig -g sha256 >&2; flush
tpm2_quote -c ecdsa.ctx -l $PCRS -m bare.attest -s bare.sig -g sha256 >&2; flush
for name in subset sha1 two bare; do
  field quote_$name $name.attest
  field quote_signature_$name $name.sig
done

tpm2_createprimary -C o -g sha256 -G ecc -c srk.ctx >&2; flush
tpm2_create -C srk.ctx -G ecc256:ecdh -g sha256 -u release.pub -r release.priv \
  -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|decrypt' >&2; flush
tpm2_load -C srk.ctx -u release.pub -r release.priv -c release.ctx >&2; flush
tpm2_certify -c release.ctx -C ecdsa.ctx -g sha256 -o certify.attest -s certify.sig >&2; flush
tpm2_create -C srk.ctx -G ecc256:ecdh -g sha256 -u loose.pub -r loose.priv \
  -a 'sensitivedataorigin|userwithauth|decrypt' >&2; flush
tpm2_load -C srk.ctx -u loose.pub -r loose.priv -c loose.ctx >&2; flush
tpm2_certify -c loose.ctx -C ecdsa.ctx -g sha256 -o loose.attest -s loose.sig >&2; flush
tpm2_gettime -c ecdsa.ctx -q $NONCE --attestation time.attest -o time.sig >&2; flush
field release_key release.pub
field certify_attest certify.attest
field certify_signature certify.sig
field loose_key loose.pub
field loose_attest loose.attest
field loose_signature loose.sig
field time_attest time.attest
field time_signature time.sig

stop
start
tpm2_quote -c ecdsa.ctx -l $PCRS -q $NONCE -m later.attest -s later.sig -o later.pcrs -F values -g sha256 >&2; flush
field quote_later later.attest
field quote_signature_later later.sig
printf '  "pcr_values_later": "%s"\n}\n' "$(hex later.pcrs)"
