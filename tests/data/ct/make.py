#!/usr/bin/env python3
"""Makes the certificate, timestamps and log list of this folder with OpenSSL 3.0; names are invented, keys protect nothing.

The logs sign what OpenSSL issued before it was given the timestamps, so nothing here takes a certificate apart the way
the decoder under test does. At the end OpenSSL's own client verifies the timestamps (s_client -ct).
"""
import base64, hashlib, json, os, pathlib, shutil, socket, struct, subprocess, tempfile, time

here = pathlib.Path(__file__).parent
work = pathlib.Path(tempfile.mkdtemp())
os.environ["OPENSSL_CONF"] = "/dev/null"
NOW = 1735689600000  # 2025-01-01


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, capture_output=True, check=True, cwd=work).stdout


def key(name, *kind):
    openssl("genpkey", "-out", f"{name}.key", *kind)
    return openssl("pkey", "-in", f"{name}.key", "-pubout", "-outform", "DER")


EC = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
logs = {"log1": key("log1", *EC), "log2": key("log2", *RSA)}
issuer_key = key("issuer", *EC)
key("leaf", *EC)

LEAF = ["basicConstraints=critical,CA:false", "keyUsage=critical,digitalSignature", "extendedKeyUsage=serverAuth"]
NAMES = ["subjectAltName=DNS:peer.test,DNS:localhost"]


def issue(name, common, extensions, serial, *options):
    """With `openssl ca`, which takes both dates: the same certificate can be issued again."""
    (work / "ca.cnf").write_text("\n".join([
        "[any]", "database=index", "new_certs_dir=.", "policy=policy", "serial=serial", "default_md=sha256",
        "unique_subject=no", "[policy]", "commonName=supplied", "[ext]", *extensions, ""]))
    (work / "index").write_text("")
    (work / "serial").write_text(serial + "\n")
    of = "issuer" if name == "issuer" else "leaf"
    openssl("req", "-new", "-key", f"{of}.key", "-subj", f"/CN={common}", "-out", f"{name}.csr")
    openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-name", "any", "-in", f"{name}.csr", "-out", f"{name}.pem",
            "-keyfile", "issuer.key", "-extensions", "ext", "-startdate", "20250101000000Z", "-enddate",
            "20491231000000Z", *options)
    return openssl("x509", "-in", f"{name}.pem", "-outform", "DER")


def first(der):
    """The first element within an element, whole."""
    def header(at):
        length = der[at + 1]
        if length < 0x80:
            return at + 2, length
        count = length & 0x7F
        return at + 2 + count, int.from_bytes(der[at + 2:at + 2 + count], "big")
    start = header(0)[0]
    body, length = header(start)
    return der[start:body + length]


def sct(log, timestamp, kind, entry):
    signed = struct.pack(">BBQH", 0, 0, timestamp, kind) + entry + b"\0\0"
    signature = openssl("dgst", "-sha256", "-sign", f"{log}.key", data=signed)
    algorithm = b"\4\3" if log == "log1" else b"\4\1"
    body = b"\0" + hashlib.sha256(logs[log]).digest() + struct.pack(">Q", timestamp) + b"\0\0"
    return body + algorithm + struct.pack(">H", len(signature)) + signature


def listed(*scts):
    inside = b"".join(struct.pack(">H", len(one)) + one for one in scts)
    return struct.pack(">H", len(inside)) + inside


def u24(data):
    return struct.pack(">I", len(data))[1:] + data


issuer = issue("issuer", "ct test issuer", ["basicConstraints=critical,CA:true"], "01", "-selfsign")
signer = ["-cert", "issuer.pem"]
before = issue("before", "peer.test", LEAF + NAMES, "7b01", *signer)
entry = hashlib.sha256(issuer_key).digest() + u24(first(before))
embedded = listed(sct("log1", NOW, 1, entry), sct("log2", NOW + 1, 1, entry))
octets = (b"\4\x82" + struct.pack(">H", len(embedded)) + embedded).hex(":")
# Between others, so that taking it out has to leave both sides as they are.
leaf = issue("leaf", "peer.test", LEAF + [f"1.3.6.1.4.1.11129.2.4.2=DER:{octets}"] + NAMES, "7b01", *signer)
beside = listed(sct("log1", NOW + 2, 0, u24(leaf)))

for name, data in [("leaf.der", leaf), ("issuer.der", issuer), ("before.der", before), ("tls.bin", beside)]:
    (here / name).write_bytes(data)
for name in ["leaf.pem", "leaf.key", "issuer.pem"]:
    (here / name).write_bytes((work / name).read_bytes())
info = base64.encodebytes(struct.pack(">HH", 18, len(beside)) + beside).decode()
(here / "serverinfo.pem").write_text(f"-----BEGIN SERVERINFO FOR SCT-----\n{info}-----END SERVERINFO FOR SCT-----\n")
b64 = lambda data: base64.b64encode(data).decode()
entries = [{"description": f"Test {name}", "log_id": b64(hashlib.sha256(spki).digest()), "key": b64(spki), "mmd": 86400,
            "url": f"https://{name}.example.test/", "state": {"usable": {"timestamp": "2025-01-01T00:00:00Z"}}}
           for name, spki in logs.items()]
(here / "logs.json").write_text(json.dumps({"version": "1.0", "log_list_timestamp": "2025-01-01T00:00:00Z", "operators": [
    {"name": "Test", "email": [], "logs": entries[:1], "tiled_logs": entries[1:]}]}, indent=1) + "\n")

# What OpenSSL says of it.
(work / "logs.cnf").write_text("enabled_logs = log1,log2\n" + "".join(
    f"[{name}]\ndescription = {name}\nkey = {b64(spki)}\n" for name, spki in logs.items()))
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", here / "leaf.pem", "-key",
                           here / "leaf.key", "-serverinfo", here / "serverinfo.pem", "-quiet"])
arguments = ["s_client", "-connect", f"127.0.0.1:{port}", "-ct", "-ctlogfile", work / "logs.cnf", "-CAfile",
             here / "issuer.pem", "-tls1_2"]
try:
    for _ in range(50):
        time.sleep(0.2)
        seen = subprocess.run(["openssl", *arguments], input=b"", capture_output=True).stdout.decode()
        if "SCTs present" in seen:
            break
finally:
    server.kill()
assert seen.count("SCT validation status: valid") == 3 == seen.count("SCT validation status"), seen
shutil.rmtree(work)
