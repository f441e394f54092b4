"""Servers of what OpenSSL no longer speaks, by tlslite-ng: tlslite_server.py CONFIG.json

The configuration is a list of {"id", "versions": ["ssl3", ..], "ciphers", "macs", "key_exchanges", "groups", "chain", "key",
"anonymous", "extended_master_secret", "encrypt_then_mac", "heartbeat", "tickets", "alpn", "flaw"}; what is left out keeps the
library's default. A flaw is "robot" (a premaster secret that is not as it should be ends the handshake with an alert of its own)
or "ticketbleed" (a ticket comes back with a session id of 32 bytes, whatever it was sent with). Every server gets a free port of 127.0.0.1; when all listen, `ID PORT` is printed for each.
"""

import json
import logging
import socket
import sys
import threading

from tlslite.api import HandshakeSettings, SessionCache, TLSConnection, X509CertChain, parsePEMKey
from tlslite.errors import TLSDecodeError
from tlslite.keyexchange import RSAKeyExchange
from tlslite.messages import ServerHello
from tlslite.utils.cryptomath import bytesToNumber, numberToByteArray

# The flaw of the server that the connection of this thread belongs to.
OWN = threading.local()

VERSIONS = {"ssl3": (3, 0), "tls1_0": (3, 1), "tls1_1": (3, 2), "tls1_2": (3, 3), "tls1_3": (3, 4)}


def with_flaws():
    """Puts the flaws into the library; they show in the threads of servers that have them."""
    sound_exchange, sound_create = RSAKeyExchange.processClientKeyExchange, ServerHello.create

    def exchange(self, message):
        if getattr(OWN, "flaw", None) == "robot":
            key = self.privateKey
            sealed = bytesToNumber(message.encryptedPreMasterSecret)
            block = numberToByteArray(key._rawPrivateKeyOp(sealed), (key.n.bit_length() + 7) // 8)
            if block[:2] != b"\x00\x02" or block.find(b"\x00", 2) != len(block) - 49:
                raise TLSDecodeError("bad padding")
        return sound_exchange(self, message)

    def create(self, version, random, session_id, *args, **kwargs):
        if getattr(OWN, "flaw", None) == "ticketbleed" and len(session_id) == 1:
            session_id = session_id + bytearray(b"\x4d" * 31)
        return sound_create(self, version, random, session_id, *args, **kwargs)

    RSAKeyExchange.processClientKeyExchange, ServerHello.create = exchange, create


def settings_of(config):
    settings = HandshakeSettings()
    versions = sorted(VERSIONS[name] for name in config["versions"])
    settings.minVersion, settings.maxVersion = versions[0], versions[-1]
    settings.versions = versions[::-1]
    settings.cipherNames = config.get("ciphers", settings.cipherNames)
    settings.macNames = config.get("macs", settings.macNames)
    settings.keyExchangeNames = config.get("key_exchanges", settings.keyExchangeNames)
    if "groups" in config:
        settings.eccCurves = [name for name in config["groups"] if not name.startswith("ffdhe")]
        settings.dhGroups = [name for name in config["groups"] if name.startswith("ffdhe")]
        settings.keyShares = []
        settings.defaultCurve = next((name for name in settings.eccCurves if "mlkem" not in name), "secp256r1")
    settings.useExtendedMasterSecret = config.get("extended_master_secret", True)
    settings.useEncryptThenMAC = config.get("encrypt_then_mac", True)
    settings.use_heartbeat_extension = config.get("heartbeat", False)
    settings.minKeySize = 512
    if config.get("tickets", False):
        settings.ticketKeys = [bytearray(32)]
    return settings.validate()


def keys_of(config):
    if config.get("anonymous", False):
        return {"anon": True}
    chain = X509CertChain()
    with open(config["chain"], encoding="ascii") as file:
        chain.parsePemList(file.read())
    with open(config["key"], encoding="ascii") as file:
        return {"certChain": chain, "privateKey": parsePEMKey(file.read(), private=True)}


def answer(connection, config, settings, cache):
    connection.settimeout(10)
    OWN.flaw = config.get("flaw")
    tls = TLSConnection(connection)
    tls.ignoreAbruptClose = True
    alpn = [name.encode() for name in config.get("alpn", [])] or None
    try:
        tls.handshakeServer(settings=settings, sessionCache=cache, alpn=alpn, **keys_of(config))
        if tls.recv(4096):
            tls.send(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\npeer\n")
        tls.close()
    except Exception as error:  # A client that stops halfway is what these servers are for.
        logging.debug("%s: %r", config["id"], error)
    finally:
        connection.close()


def serve(listener, config):
    settings = settings_of(config)
    cache = SessionCache() if config.get("session_ids", False) else None
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, config, settings, cache), daemon=True).start()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        configs = json.load(file)
    with_flaws()
    threads = []
    for config in configs:
        settings_of(config)
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        threads.append(threading.Thread(target=serve, args=(listener, config), daemon=True))
        threads[-1].start()
        print(config["id"], listener.getsockname()[1], flush=True)
    print("ready", flush=True)
    for thread in threads:
        thread.join()


main()
