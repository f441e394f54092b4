"""TLCP (GB/T 38636) and RFC 8998 servers, by the BabaSSL inside the tongsuopy wheel: tlcp_server.py CONFIG.json

tongsuopy offers no TLS to Python, but its shared object exports libssl; ctypes calls it. The configuration is a list of
{"id", "mode": "tlcp" | "dual" | "tls13_sm", "sign": NAME, "enc": NAME, "ca": NAME, "rsa": NAME, "ciphers", "suites",
"groups", "client_auth"},
a NAME standing for FOLDER/NAME.pem and .key with FOLDER given as "folder". Every server gets a free port of 127.0.0.1; when
all listen, `ID PORT` is printed for each.

tlcp_server.py --connect PORT tlcp|tls13_sm ROOT: a client of the same library. Prints what a full handshake agreed on,
the digest of the certificate, how it was verified (0 is well), and whether a certificate of the client's was asked for.
"""

import ctypes
import hashlib
import importlib.util
import json
import os
import socket
import sys
import threading

PEM = 1
# Numbers of SSL_CTX_ctrl, which the headers hide behind macros.
ADD_EXTRA_CHAIN_CERT, SET_GROUPS_LIST, SET_MIN_VERSION = 14, 92, 123
TLS1_3 = 0x0304
VERIFY_PEER_OR_FAIL = 3


def library():
    backends = importlib.util.find_spec("tongsuopy.backends")
    folder = list(backends.submodule_search_locations)[0]
    name = next(name for name in sorted(os.listdir(folder)) if name.startswith("_tongsuo") and name.endswith(".so"))
    return ctypes.CDLL(os.path.join(folder, name))


LIB = library()
P, I, L, S = ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_char_p
SIGNATURES = {
    "TLS_server_method": (P, []),
    "NTLS_server_method": (P, []),
    "TLS_client_method": (P, []),
    "NTLS_client_method": (P, []),
    "SSL_CTX_new": (P, [P]),
    "SSL_CTX_enable_ntls": (None, [P]),
    "SSL_CTX_use_certificate_chain_file": (I, [P, S]),
    "SSL_CTX_use_certificate_file": (I, [P, S, I]),
    "SSL_CTX_use_PrivateKey_file": (I, [P, S, I]),
    "SSL_CTX_use_sign_certificate_file": (I, [P, S, I]),
    "SSL_CTX_use_sign_PrivateKey_file": (I, [P, S, I]),
    "SSL_CTX_use_enc_certificate_file": (I, [P, S, I]),
    "SSL_CTX_use_enc_PrivateKey_file": (I, [P, S, I]),
    "SSL_CTX_set_cipher_list": (I, [P, S]),
    "SSL_CTX_set_ciphersuites": (I, [P, S]),
    "SSL_CTX_load_verify_locations": (I, [P, S, S]),
    "SSL_CTX_set_verify": (None, [P, I, P]),
    "SSL_CTX_ctrl": (L, [P, I, L, P]),
    "SSL_new": (P, [P]),
    "SSL_free": (None, [P]),
    "SSL_set_fd": (I, [P, I]),
    "SSL_accept": (I, [P]),
    "SSL_connect": (I, [P]),
    "SSL_read": (I, [P, P, I]),
    "SSL_write": (I, [P, P, I]),
    "SSL_shutdown": (I, [P]),
    "SSL_get_version": (S, [P]),
    "SSL_get_current_cipher": (P, [P]),
    "SSL_CIPHER_get_name": (S, [P]),
    "SSL_CTX_set_client_cert_cb": (None, [P, P]),
    "SSL_get_verify_result": (L, [P]),
    "SSL_get_peer_certificate": (P, [P]),
    "i2d_X509": (I, [P, P]),
    "BIO_new_file": (P, [S, S]),
    "PEM_read_bio_X509": (P, [P, P, P, P]),
    "ERR_get_error": (ctypes.c_ulong, []),
    "ERR_error_string": (S, [ctypes.c_ulong, P]),
}
for name, (result, arguments) in SIGNATURES.items():
    function = getattr(LIB, name)
    function.restype, function.argtypes = result, arguments


def must(value, what):
    if not value or value < 0:
        raise SystemExit(f"{what}: {LIB.ERR_error_string(LIB.ERR_get_error(), None).decode()}")
    return value


def context(config):
    def path(name, kind):
        return os.path.join(config["folder"], f"{name}.{kind}").encode()

    mode = config["mode"]
    method = LIB.NTLS_server_method if mode == "tlcp" else LIB.TLS_server_method
    made = must(LIB.SSL_CTX_new(method()), "SSL_CTX_new")
    if mode in ("tlcp", "dual"):
        LIB.SSL_CTX_enable_ntls(made)
        for kind in ("sign", "enc"):
            of = config[kind]
            use = getattr(LIB, f"SSL_CTX_use_{kind}_PrivateKey_file")
            must(use(made, path(of, "key"), PEM), f"{kind} key")
            use = getattr(LIB, f"SSL_CTX_use_{kind}_certificate_file")
            must(use(made, path(of, "pem"), PEM), f"{kind} certificate")
    if "ca" in config:
        file = must(LIB.BIO_new_file(path(config["ca"], "pem"), b"r"), "CA file")
        authority = must(LIB.PEM_read_bio_X509(file, None, None, None), "CA")
        must(LIB.SSL_CTX_ctrl(made, ADD_EXTRA_CHAIN_CERT, 0, authority), "CA in the chain")
    if "rsa" in config:
        must(LIB.SSL_CTX_use_certificate_chain_file(made, path(config["rsa"], "chain.pem")), "certificate")
        must(LIB.SSL_CTX_use_PrivateKey_file(made, path(config["rsa"], "key"), PEM), "key")
    if mode == "tls13_sm":
        LIB.SSL_CTX_ctrl(made, SET_MIN_VERSION, TLS1_3, None)
        if "sign" in config:
            must(LIB.SSL_CTX_use_certificate_file(made, path(config["sign"], "pem"), PEM), "SM2 certificate")
            must(LIB.SSL_CTX_use_PrivateKey_file(made, path(config["sign"], "key"), PEM), "SM2 key")
        suites = config.get("suites", "TLS_SM4_GCM_SM3:TLS_SM4_CCM_SM3").encode()
        must(LIB.SSL_CTX_set_ciphersuites(made, suites), "suites")
        groups = config.get("groups", "SM2").encode()
        must(LIB.SSL_CTX_ctrl(made, SET_GROUPS_LIST, 0, ctypes.cast(ctypes.c_char_p(groups), P)), "groups")
    if "ciphers" in config:
        must(LIB.SSL_CTX_set_cipher_list(made, config["ciphers"].encode()), "ciphers")
    if config.get("client_auth"):
        must(LIB.SSL_CTX_load_verify_locations(made, path(config["client_auth"], "pem"), None), "client CA")
        LIB.SSL_CTX_set_verify(made, VERIFY_PEER_OR_FAIL, None)
    return made


def answer(connection, made):
    connection.settimeout(None)
    seconds = (10).to_bytes(8, sys.byteorder) + (0).to_bytes(8, sys.byteorder)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds)
    ssl = LIB.SSL_new(made)
    LIB.SSL_set_fd(ssl, connection.fileno())
    if LIB.SSL_accept(ssl) == 1:
        buffer = ctypes.create_string_buffer(4096)
        if LIB.SSL_read(ssl, buffer, 4096) > 0:
            reply = b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\npeer\n"
            LIB.SSL_write(ssl, reply, len(reply))
        LIB.SSL_shutdown(ssl)
    LIB.SSL_free(ssl)
    connection.close()


def serve(listener, made):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, made), daemon=True).start()


def digest(ssl):
    certificate = must(LIB.SSL_get_peer_certificate(ssl), "certificate")
    der = ctypes.create_string_buffer(must(LIB.i2d_X509(certificate, None), "certificate"))
    LIB.i2d_X509(certificate, ctypes.byref(ctypes.c_void_p(ctypes.addressof(der))))
    return hashlib.sha256(der.raw).hexdigest()


def connect(port, mode, root):
    asked = []
    callback = ctypes.CFUNCTYPE(I, P, P, P)(lambda ssl, certificate, key: asked.append(True) or 0)
    method = LIB.NTLS_client_method if mode == "tlcp" else LIB.TLS_client_method
    made = must(LIB.SSL_CTX_new(method()), "SSL_CTX_new")
    if mode == "tlcp":
        LIB.SSL_CTX_enable_ntls(made)
    else:
        must(LIB.SSL_CTX_set_ciphersuites(made, b"TLS_SM4_GCM_SM3:TLS_SM4_CCM_SM3"), "suites")
        must(LIB.SSL_CTX_ctrl(made, SET_GROUPS_LIST, 0, ctypes.cast(ctypes.c_char_p(b"SM2"), P)), "groups")
    must(LIB.SSL_CTX_load_verify_locations(made, root.encode(), None), "root")
    LIB.SSL_CTX_set_client_cert_cb(made, ctypes.cast(callback, P))
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.settimeout(None)
    ssl = LIB.SSL_new(made)
    LIB.SSL_set_fd(ssl, connection.fileno())
    must(LIB.SSL_connect(ssl) == 1, "handshake")
    print(LIB.SSL_get_version(ssl).decode(), LIB.SSL_CIPHER_get_name(LIB.SSL_get_current_cipher(ssl)).decode())
    print("certificate", digest(ssl), "verified", LIB.SSL_get_verify_result(ssl), "asked" if asked else "not asked")


def main():
    if sys.argv[1] == "--connect":
        return connect(int(sys.argv[2]), sys.argv[3], sys.argv[4])
    with open(sys.argv[1], encoding="utf-8") as file:
        configs = json.load(file)
    threads = []
    for config in configs:
        made = context(config)
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        threads.append(threading.Thread(target=serve, args=(listener, made), daemon=True))
        threads[-1].start()
        print(config["id"], listener.getsockname()[1], flush=True)
    print("ready", flush=True)
    for thread in threads:
        thread.join()


main()
