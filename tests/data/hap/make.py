#!/usr/bin/env python3
"""Makes the packages beside it: signed.hap, and store.app with that in it. Needs openssl. Keys are made anew each time."""
import hashlib, io, json, os, pathlib, struct, subprocess, tempfile, zipfile

HERE = pathlib.Path(__file__).parent
BUNDLE = "cn.gov.example.app"
MODULE = {
    "app": {"bundleName": BUNDLE, "vendor": "example", "versionCode": 1000003, "versionName": "1.0.3", "minAPIVersion": 50002014,
            "targetAPIVersion": 50100018, "apiReleaseType": "Release", "debug": False, "buildMode": "release"},
    "module": {"name": "entry", "type": "entry", "deviceTypes": ["phone"], "deliveryWithInstall": True, "installationFree": False,
               "requestPermissions": [{"name": "ohos.permission.INTERNET"},
                                      {"name": "ohos.permission.CAMERA", "reason": "$string:camera",
                                       "usedScene": {"abilities": ["EntryAbility"], "when": "inuse"}}],
               "abilities": [{"name": "EntryAbility", "exported": True,
                              "skills": [{"entities": ["entity.system.home"], "actions": ["ohos.want.action.home"],
                                          "uris": [{"scheme": "https", "host": "example.gov.cn", "pathStartWith": "open"}]}]}],
               "extensionAbilities": [{"name": "Backup", "type": "backup",
                                       "metadata": [{"name": "ohos.extension.backup", "resource": "$profile:backup_config"}]}]},
}
PACK = {"summary": {"app": {"bundleName": BUNDLE, "version": {"code": 1000003, "name": "1.0.3"}},
                    "modules": [{"deviceType": ["phone"], "distro": {"moduleName": "entry", "moduleType": "entry", "deliveryWithInstall": True},
                                 "apiVersion": {"compatible": 14, "target": 18, "releaseType": "Release"}}]}, "packages": []}
NETWORK = {"network-security-config": {"base-config": {"cleartextTrafficPermitted": False}, "domain-config": [
    {"domains": [{"name": "example.gov.cn", "include-subdomains": True}], "cleartextTrafficPermitted": False,
     "pin-set": {"expiration": "2027-01-01", "pin": [{"digest-algorithm": "sha256", "digest": "AAAA"}]}}]},
    "trust-global-user-ca": False, "trust-current-user-ca": False}


def archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files:
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            made.writestr(info, content if isinstance(content, bytes) else json.dumps(content))
    return out.getvalue()


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=FOLDER.name)


def certificate(name, issuer, extra):
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.csr", "-subj", f"/C=CN/O=Example/CN=Example {name}")
    pathlib.Path(FOLDER.name, "extensions").write_text(extra)
    signer = ["-signkey", f"{name}.key"] if issuer is None else ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"]
    openssl("x509", "-req", "-in", f"{name}.csr", "-days", "12000", "-extfile", "extensions", "-out", f"{name}.pem", *signer)


def message(content, leaf):
    pathlib.Path(FOLDER.name, "content").write_bytes(content)
    openssl("cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-outform", "DER", "-in", "content", "-signer", f"{leaf}.pem",
            "-inkey", f"{leaf}.key", "-certfile", "chain.pem", "-md", "sha256", "-out", "message")
    return pathlib.Path(FOLDER.name, "message").read_bytes()


def sign(plain, optional):
    end = len(plain) - 22
    directory = struct.unpack_from("<I", plain, end + 16)[0]
    pieces = [part[at:at + 2**20] for part in (plain[:directory], plain[directory:end], plain[end:]) for at in range(0, len(part), 2**20)]
    digests = b"".join(hashlib.sha256(b"\xa5" + struct.pack("<I", len(piece)) + piece).digest() for piece in pieces)
    total = hashlib.sha256(b"\x5a" + struct.pack("<I", len(pieces)) + digests + b"".join(body for _, body in optional)).digest()
    blocks = optional + [(0x20000000, message(struct.pack("<IIIII", 2, 1, 40, 0x201, 32) + total, "developer"))]
    table, bodies = b"", b""
    for kind, body in blocks:
        table += struct.pack("<III", kind, len(body), len(blocks) * 12 + len(bodies))
        bodies += body
    size = len(table) + len(bodies) + 32
    block = table + bodies + struct.pack("<IQ", len(blocks), size) + b"<hap sign block>" + struct.pack("<I", 3)
    return plain[:directory] + block + plain[directory:end] + plain[end:end + 16] + struct.pack("<I", directory + size) + plain[end + 20:]


FOLDER = tempfile.TemporaryDirectory()
certificate("root", None, "basicConstraints=critical,CA:TRUE")
certificate("authority", "root", "basicConstraints=critical,CA:TRUE")
for leaf in ("developer", "profile"):
    certificate(leaf, "authority", "keyUsage=digitalSignature")
pem = [pathlib.Path(FOLDER.name, f"{name}.pem").read_text() for name in ("authority", "root", "developer")]
pathlib.Path(FOLDER.name, "chain.pem").write_text(pem[0] + pem[1])
PROFILE = {"version-code": 2, "version-name": "2.0.0", "uuid": "00000000-0000-0000-0000-000000000000", "type": "release",
           "app-distribution-type": "enterprise_normal", "validity": {"not-before": 1767225600, "not-after": 2398377600},
           "bundle-info": {"developer-id": "example", "distribution-certificate": pem[2], "bundle-name": BUNDLE, "apl": "normal",
                           "app-feature": "hos_normal_app"},
           "acls": {"allowed-acls": []}, "permissions": {"restricted-permissions": []}, "issuer": "example"}
BYTECODE = b"PANDA\0\0\0" + bytes(4) + bytes([12, 0, 6, 0]) + struct.pack("<I", 64) + bytes(44)
plain = archive([("ets/modules.abc", BYTECODE), ("module.json", MODULE), ("pack.info", PACK), ("resources.index", b"Restool 6.0.0.001" + bytes(119)),
                 ("resources/base/profile/backup_config.json", {"allowToBackupRestore": False}),
                 ("resources/base/profile/network_config.json", NETWORK)])
hap = sign(plain, [(0x20000002, message(json.dumps(PROFILE).encode(), "profile"))])
(HERE / "signed.hap").write_bytes(hap)
(HERE / "store.app").write_bytes(archive([("entry-default.hap", hap), ("pack.info", PACK)]))
