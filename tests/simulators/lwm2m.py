# SPDX-License-Identifier: Apache-2.0
"""An LwM2M device of our own for tests, over plain UDP or DTLS with a pre-shared key: registers, updates, answers what it is asked, and
plays object 5 (firmware update) by pull and by push, over a link that loses, repeats and reorders messages. Written from the
specifications (RFC 7252, 7959, 7641, OMA LwM2M 1.0/1.1); shares nothing with the server. DTLS is OpenSSL's, through ctypes."""
import collections
import ctypes
import ctypes.util
import hashlib
import random
import select
import socket
import struct
import threading
import time
import urllib.parse
import urllib.request

CON, NON, ACK, RST = range(4)
GET, POST, PUT, DELETE = range(1, 5)
ETAG, OBSERVE, LOCATION_PATH, URI_PATH, CONTENT_FORMAT, URI_QUERY, ACCEPT, BLOCK2, BLOCK1, SIZE2, SIZE1 = 4, 6, 8, 11, 12, 15, 17, 23, 27, 28, 60
TLV, SENML_JSON, SENML_CBOR = 11542, 110, 112
IDLE, DOWNLOADING, DOWNLOADED, UPDATING = range(4)


def code(text):
    """0x45 of "2.05"."""
    of_class, detail = text.split(".")
    return int(of_class) << 5 | int(detail)


def code_text(number):
    return f"{number >> 5}.{number & 31:02}"


def uint(number):
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def block_value(number, more, size):
    return uint(number << 4 | (8 if more else 0) | size.bit_length() - 5)


def read_block(value):
    number = int.from_bytes(value, "big")
    return number >> 4, bool(number & 8), 16 << (number & 7)


class Message:
    def __init__(self, kind, number, mid=0, token=b"", options=(), payload=b""):
        self.kind, self.code, self.mid, self.token, self.options, self.payload = kind, number, mid, token, list(options), payload

    def values(self, option):
        return [value for name, value in self.options if name == option]

    def value(self, option):
        return next(iter(self.values(option)), None)

    def number(self, option):
        value = self.value(option)
        return None if value is None else int.from_bytes(value, "big")

    @property
    def path(self):
        return "/" + "/".join(part.decode() for part in self.values(URI_PATH))

    def encode(self):
        out = struct.pack("!BBH", 1 << 6 | self.kind << 4 | len(self.token), self.code, self.mid) + self.token
        last = 0
        for name, value in sorted(self.options, key=lambda each: each[0]):
            nibbles, more = [], b""
            for number in (name - last, len(value)):
                if number < 13:
                    nibbles.append(number)
                elif number < 269:
                    nibbles.append(13)
                    more += bytes([number - 13])
                else:
                    nibbles.append(14)
                    more += struct.pack("!H", number - 269)
            out += bytes([nibbles[0] << 4 | nibbles[1]]) + more + value
            last = name
        return out + (b"\xff" + self.payload if self.payload else b"")

    @classmethod
    def decode(cls, data):
        first, number, mid = struct.unpack("!BBH", data[:4])
        size = first & 15
        message = cls(first >> 4 & 3, number, mid, data[4:4 + size])
        at, name = 4 + size, 0
        while at < len(data) and data[at] != 0xFF:
            parts = [data[at] >> 4, data[at] & 15]
            at += 1
            for index, nibble in enumerate(parts):
                if nibble == 13:
                    parts[index], at = data[at] + 13, at + 1
                elif nibble == 14:
                    parts[index], at = struct.unpack("!H", data[at:at + 2])[0] + 269, at + 2
            name += parts[0]
            message.options.append((name, data[at:at + parts[1]]))
            at += parts[1]
        message.payload = data[at + 1:]
        return message


# ---- links: datagrams there and back

def socket_to(address, port):
    """From a port of one's own (0: any), as many devices have it."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", port))
    made.connect(address)
    made.setblocking(False)
    return made


class Udp:
    def __init__(self, address, port=0):
        self.socket = socket_to(address, port)

    def send(self, data):
        try:
            self.socket.send(data)
        except OSError:
            pass

    def receive(self, seconds):
        if not select.select([self.socket], [], [], max(seconds, 0))[0]:
            return None
        try:
            return self.socket.recv(4096)
        except OSError:
            return None

    def close(self):
        self.socket.close()


class Dtls:
    """OpenSSL's client over a socket of its own; one datagram a call."""
    _ssl = None

    @classmethod
    def library(cls):
        if cls._ssl is None:
            library = ctypes.CDLL(ctypes.util.find_library("ssl"))
            for name, result, arguments in (
                    ("DTLS_client_method", ctypes.c_void_p, []), ("SSL_CTX_new", ctypes.c_void_p, [ctypes.c_void_p]),
                    ("SSL_CTX_free", None, [ctypes.c_void_p]), ("SSL_CTX_set_cipher_list", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p]),
                    ("SSL_CTX_set_psk_client_callback", None, [ctypes.c_void_p, ctypes.c_void_p]), ("SSL_new", ctypes.c_void_p, [ctypes.c_void_p]),
                    ("SSL_free", None, [ctypes.c_void_p]), ("SSL_set_bio", None, [ctypes.c_void_p] * 3), ("SSL_connect", ctypes.c_int, [ctypes.c_void_p]),
                    ("SSL_get_error", ctypes.c_int, [ctypes.c_void_p, ctypes.c_int]), ("SSL_shutdown", ctypes.c_int, [ctypes.c_void_p]),
                    ("SSL_read", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]),
                    ("SSL_write", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]),
                    ("SSL_ctrl", ctypes.c_long, [ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]),
                    ("SSL_get_current_cipher", ctypes.c_void_p, [ctypes.c_void_p]), ("SSL_CIPHER_get_name", ctypes.c_char_p, [ctypes.c_void_p])):
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
            crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
            crypto.BIO_new_dgram.restype, crypto.BIO_new_dgram.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_int]
            crypto.BIO_ctrl.restype, crypto.BIO_ctrl.argtypes = ctypes.c_long, [ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
            crypto.ERR_clear_error.restype = None
            cls._ssl, cls._crypto = library, crypto
        return cls._ssl

    def __init__(self, address, identity, key, ciphers="PSK-AES128-CCM8:PSK-AES128-GCM-SHA256", port=0, seconds=20):
        ssl = self.library()
        self.socket = socket_to(address, port)
        identity, self._key = identity.encode(), key

        @ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_char), ctypes.c_uint, ctypes.POINTER(ctypes.c_char), ctypes.c_uint)
        def callback(_ssl, _hint, name, name_size, psk, psk_size):
            if len(identity) >= name_size or len(key) > psk_size:
                return 0
            ctypes.memmove(name, identity + b"\0", len(identity) + 1)
            ctypes.memmove(psk, key, len(key))
            return len(key)
        self._callback = callback
        self._context = ssl.SSL_CTX_new(ssl.DTLS_client_method())
        if ssl.SSL_CTX_set_cipher_list(self._context, ciphers.encode()) != 1:
            raise OSError(f"no such ciphers: {ciphers}")
        ssl.SSL_CTX_set_psk_client_callback(self._context, ctypes.cast(callback, ctypes.c_void_p))
        self._session = ssl.SSL_new(self._context)
        bio = self._crypto.BIO_new_dgram(self.socket.fileno(), 0)
        host, port = self.socket.getpeername()[:2]
        peer = struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)
        self._crypto.BIO_ctrl(bio, 32, 0, ctypes.c_char_p(peer))  # BIO_CTRL_DGRAM_SET_CONNECTED
        ssl.SSL_set_bio(self._session, bio, bio)
        end = time.monotonic() + seconds
        while True:
            self._crypto.ERR_clear_error()
            done = ssl.SSL_connect(self._session)
            if done == 1:
                break
            if ssl.SSL_get_error(self._session, done) != 2 or time.monotonic() > end:  # SSL_ERROR_WANT_READ
                self.close()
                raise ConnectionError("the handshake failed")
            select.select([self.socket], [], [], 0.3)
            ssl.SSL_ctrl(self._session, 74, 0, None)  # DTLS_CTRL_HANDLE_TIMEOUT
        self.cipher = ssl.SSL_CIPHER_get_name(ssl.SSL_get_current_cipher(self._session)).decode()

    def send(self, data):
        self._crypto.ERR_clear_error()
        self._ssl.SSL_write(self._session, data, len(data))

    def receive(self, seconds):
        buffer = ctypes.create_string_buffer(4096)
        for last in (False, True):
            self._crypto.ERR_clear_error()
            size = self._ssl.SSL_read(self._session, buffer, len(buffer))
            if size > 0:
                return buffer.raw[:size]
            if last or not select.select([self.socket], [], [], max(seconds, 0))[0]:
                return None
        return None

    def close(self, told=False):
        """`told`: the other side hears of it; a device that loses its power tells nothing."""
        if self._session:
            if told:
                self._ssl.SSL_shutdown(self._session)
            self._ssl.SSL_free(self._session)
            self._ssl.SSL_CTX_free(self._context)
            self._session = None
        self.socket.close()


class Lossy:
    """Loses, repeats and delays messages, both ways, by a seed."""

    def __init__(self, link, seed, loss=0.0, repeat=0.0, reorder=0.0):
        self._link, self._dice = link, random.Random(seed)
        self._loss, self._repeat, self._reorder = loss, repeat, reorder
        self._held_out, self._held_in = [], collections.deque()

    def _pass(self, data):
        """What becomes of one message: itself, nothing, twice, or later."""
        if self._dice.random() < self._loss:
            return []
        return [data, data] if self._dice.random() < self._repeat else [data]

    def send(self, data):
        out = self._pass(data)
        if out and self._dice.random() < self._reorder:
            self._held_out.append((time.monotonic() + 0.3, out))
            return
        for each in out:
            self._link.send(each)

    def receive(self, seconds):
        for each in [held for held in self._held_out if held[0] <= time.monotonic()]:
            self._held_out.remove(each)
            for data in each[1]:
                self._link.send(data)
        if self._held_in and self._held_in[0][0] <= time.monotonic():
            return self._held_in.popleft()[1]
        data = self._link.receive(min(seconds, 0.1))
        if data is None:
            return None
        came = self._pass(data)
        if not came:
            return None
        for again in came[1:]:
            self._held_in.append((time.monotonic() + 0.2, again))
        if self._dice.random() < self._reorder:
            self._held_in.append((time.monotonic() + 0.3, came[0]))
            return None
        return came[0]

    def close(self, *words):
        self._link.close(*words)


# ---- values

def tlv(identifier, value, kind=3):
    """One item: 3 a resource, 2 one of several instances, 1 an instance of one."""
    head = kind << 6
    name = bytes([identifier]) if identifier < 256 else struct.pack("!H", identifier)
    head |= 0x20 if identifier >= 256 else 0
    if len(value) < 8:
        return bytes([head | len(value)]) + name + value
    size = 1 if len(value) < 256 else 2
    return bytes([head | size << 3]) + name + len(value).to_bytes(size, "big") + value


def as_bytes(value):
    return value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else struct.pack("!b" if -128 <= value < 128 else "!i", value)


def as_tlv(resources):
    out = b""
    for identifier, value in sorted(resources.items()):
        if isinstance(value, list):
            out += tlv(identifier, b"".join(tlv(index, as_bytes(each), 1) for index, each in enumerate(value)), 2)
        else:
            out += tlv(identifier, as_bytes(value))
    return out


def flat(resources):
    for identifier, value in sorted(resources.items()):
        if isinstance(value, list):
            yield from ((f"{identifier}/{index}", each) for index, each in enumerate(value))
        else:
            yield str(identifier), value


def as_senml_json(base, resources):
    import json
    records = [{"n": name, **({"v": value} if isinstance(value, int) else {"vs": value})} for name, value in flat(resources)]
    if records:
        records[0] = {"bn": base, **records[0]}
    return json.dumps(records).encode()


def as_senml_cbor(base, resources):
    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 256:
            return bytes([major << 5 | 24, number])
        return bytes([major << 5 | 26]) + struct.pack("!I", number)

    def text(said):
        return head(3, len(said.encode())) + said.encode()
    records = list(flat(resources))
    out = head(4, len(records))
    for index, (name, value) in enumerate(records):
        out += head(5, 3 if index == 0 else 2)
        if index == 0:
            out += b"\x21" + text(base)  # -2: the base name
        out += b"\x00" + text(name)
        out += b"\x02" + head(0, value) if isinstance(value, int) else b"\x03" + text(value)
    return out


# ---- the device

class Device:
    """One device with objects 1, 3 and 5, on a thread of its own. A package says by its first line which version it is:
    "VERSION=2.0\\n". What it was asked is kept in `asked`."""

    def __init__(self, endpoint, address, key=None, identity=None, **settings):
        self.endpoint, self.address, self.key, self.identity = endpoint, address, key, identity or endpoint
        self.version = settings.pop("version", "1.0")           # of its firmware
        self.speaks = settings.pop("speaks", "1.0")             # of LwM2M
        self.model, self.maker = settings.pop("model", "meter"), settings.pop("maker", "Acme")
        self.lifetime = settings.pop("lifetime", 300)
        self.queue = settings.pop("queue", False)
        self.awake = settings.pop("awake", 2.0)                 # in queue mode, after its last message
        self.update_every = settings.pop("update_every", 60.0)
        self.delivery, self.fetches = settings.pop("delivery", 0), settings.pop("fetches", [0, 1])
        self.block = settings.pop("block", 512)
        self.network = settings.pop("network", {})              # of Lossy
        self.ciphers = settings.pop("ciphers", "PSK-AES128-CCM8:PSK-AES128-GCM-SHA256")
        self.port = settings.pop("port", 0)                     # that it sends from, also after a restart; 0: any
        self.trusts = settings.pop("trusts", None)              # a CA file, for https
        # What goes wrong.
        self.forgets = settings.pop("forgets", False)           # object 5 is lost in a restart, the result too
        self.lies = settings.pop("lies", False)                 # it says success and keeps its version
        self.results = list(settings.pop("results", []))        # of fetching, one an attempt: 4, 5, 6...; 0: it goes well
        self.restarts = list(settings.pop("restarts", []))      # "downloading", "downloaded": each once, at that point
        self.slow = settings.pop("slow", 0.0)                   # seconds before each block is asked for
        if settings:
            raise TypeError(f"unknown settings: {sorted(settings)}")
        self.state = self.result = 0
        self.uri = self.package = b""
        self.asked, self.wrong = [], []
        self.registrations = self.restarted = 0
        self.location = self.cipher = None
        self.observers = {}
        self.seen_pull_etags = set()
        self._mid = random.randrange(65536)
        self._stop = threading.Event()
        self._thread = None
        self._link = None
        self._later = []
        self._open, self._answered = {}, collections.OrderedDict()

    # ---- from outside
    def start(self):
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def stop(self):
        self._stop.set()
        if self._thread is not None:
            self._thread.join(30)

    # ---- the thread
    def _run(self):
        while not self._stop.is_set():
            try:
                self._connect()
            except OSError:
                time.sleep(0.2)
                continue
            self._restart = False
            self._register()
            if self.state == DOWNLOADING and self.uri:  # it goes on where its link broke
                path = urllib.parse.urlsplit(self.uri.decode()).path
                self._after(0.5, lambda path=path: self._fetch_block(path, len(self.package) // self.block))
            while not self._stop.is_set() and not self._restart:
                try:
                    self._step()
                except Exception as wrong:  # a test looks at them
                    self.wrong.append(repr(wrong))
            self._link.close()

    def _connect(self):
        link = Udp(self.address, self.port) if self.key is None else Dtls(self.address, self.identity, self.key, self.ciphers, self.port)
        self.cipher = getattr(link, "cipher", None)
        self._link = Lossy(link, hash((self.endpoint, self.restarted)) & 0xFFFF, **self.network) if self.network else link
        self._open.clear()
        self._answered.clear()
        self._later = []
        self._heard = self._spoke = time.monotonic()
        self._next_update = time.monotonic() + self.update_every

    def _after(self, seconds, what):
        self._later.append((time.monotonic() + seconds, what))

    def _asleep(self):
        return self.queue and not self._open and self.state != DOWNLOADING and time.monotonic() - self._spoke > self.awake

    def _step(self):
        now = time.monotonic()
        for each in [later for later in self._later if later[0] <= now]:
            self._later.remove(each)
            each[1]()
        for mid, asked in list(self._open.items()):
            if now >= asked["again"]:
                if asked["tries"] >= 6:
                    del self._open[mid]
                    asked["done"](None)
                else:
                    asked["tries"] += 1
                    asked["wait"] *= 1.6
                    asked["again"] = now + asked["wait"]
                    self._link.send(asked["data"])
        if now >= self._next_update:
            self._next_update = now + self.update_every
            if self.location is not None:
                self.update()
        data = self._link.receive(0.05)
        if data is None:
            return
        if self._asleep():
            return  # its radio is off
        self._spoke = time.monotonic()
        message = Message.decode(data)
        if message.kind in (ACK, RST):
            asked = self._open.get(message.mid)
            if asked is None:
                return
            if message.kind == ACK and message.code == 0:  # the answer comes by itself
                asked["again"] = now + 30
                return
            del self._open[message.mid]
            asked["done"](message if message.kind == ACK else None)
        elif 1 <= message.code < 32:
            self._answer(message)
        elif message.code >= 64:
            self._link.send(Message(ACK, 0, message.mid).encode())
            for mid, asked in list(self._open.items()):
                if asked["token"] == message.token:
                    del self._open[mid]
                    asked["done"](message)

    # ---- what it asks
    def request(self, number, path, options=(), payload=b"", done=lambda answer: None, token=None, kind=CON):
        self._mid = (self._mid + 1) % 65536
        message = Message(kind, number, self._mid, token or random.randbytes(4), [(URI_PATH, part.encode()) for part in path.split("/") if part] + list(options), payload)
        data = message.encode()
        self._spoke = time.monotonic()
        self._open[message.mid] = {"data": data, "token": message.token, "again": time.monotonic() + 1, "wait": 1.0, "tries": 1, "done": done}
        self._link.send(data)

    def objects(self):
        head = '</>;rt="oma.lwm2m"' + (f';ct="{SENML_JSON} {SENML_CBOR}"' if self.speaks != "1.0" else "")
        return f"{head},</1/0>,</3/0>,</5/0>".encode()

    def _register(self):
        binding = ["b=UQ"] if self.queue and self.speaks == "1.0" else ["b=U"] + (["Q"] if self.queue else [])
        queries = [f"ep={self.endpoint}", f"lt={self.lifetime}", f"lwm2m={self.speaks}", *binding]

        def done(answer):
            if answer is None or answer.code != code("2.01"):
                if answer is None:
                    self._restart = True  # nobody is there: a new link
                else:
                    self._after(1.0, self._register)
                return
            self.location = "/".join(part.decode() for part in answer.values(LOCATION_PATH))
            self.registrations += 1
        self.location = None
        self.request(POST, "rd", [(CONTENT_FORMAT, uint(40))] + [(URI_QUERY, query.encode()) for query in queries], self.objects(), done)

    def update(self):
        def done(answer):
            if answer is None:
                self._restart = True
            elif answer.code == code("4.04"):
                self._register()
        self.request(POST, self.location, done=done)

    def _notify(self):
        for token in list(self.observers):
            self._mid = (self._mid + 1) % 65536
            self._sequence = getattr(self, "_sequence", 0) + 1
            message = Message(CON, code("2.05"), self._mid, token, [(OBSERVE, uint(self._sequence)), (CONTENT_FORMAT, uint(TLV))], as_tlv({3: self.state}))

            def done(answer, token=token):
                if answer is None:  # reset: nobody listens any more
                    self.observers.pop(token, None)
            self._open[message.mid] = {"data": message.encode(), "token": None, "again": time.monotonic() + 1, "wait": 1.0, "tries": 1, "done": done}
            self._spoke = time.monotonic()
            self._link.send(message.encode())

    # ---- what it is asked
    def _answer(self, message):
        if message.mid in self._answered:  # it came twice
            self._link.send(self._answered[message.mid])
            return
        self.asked.append((message.code, message.path))
        said = self._do(message)
        number, options, payload = (said + ((), b""))[:3] if isinstance(said, tuple) else (said, (), b"")
        data = Message(ACK if message.kind == CON else NON, code(number), message.mid, message.token, options, payload).encode()
        self._answered[message.mid] = data
        while len(self._answered) > 64:
            self._answered.popitem(last=False)
        self._link.send(data)

    def _resources(self, path):
        if path.startswith("/3/0"):
            return {0: self.maker, 1: self.model, 2: f"serial-{self.endpoint}", 3: self.version, 9: 73, 16: "U", 18: "rev B"}
        return {3: self.state, 5: self.result, 8: self.fetches, 9: self.delivery}

    def _do(self, message):
        parts = message.path.strip("/").split("/")
        if message.code == GET and parts[0] in ("3", "5"):
            resources = self._resources(message.path)
            if len(parts) > 2:
                if int(parts[2]) not in resources:
                    return "4.04"
                resources = {int(parts[2]): resources[int(parts[2])]}
            if message.value(OBSERVE) == b"":
                self.observers[message.token] = message.path
            wanted = message.number(ACCEPT)
            if wanted in (None, TLV) or self.speaks == "1.0":
                form, payload = TLV, as_tlv(resources)
            elif wanted == SENML_CBOR:
                form, payload = wanted, as_senml_cbor(f"/{parts[0]}/0/", resources)
            else:
                form, payload = wanted, as_senml_json(f"/{parts[0]}/0/", resources)
            options = [(CONTENT_FORMAT, uint(form))] + ([(OBSERVE, b"\1")] if message.token in self.observers else [])
            return "2.05", options, payload
        if message.code == PUT and message.path == "/5/0/1":
            return self._take_address(message)
        if message.code == PUT and message.path == "/5/0/0":
            return self._take_block(message)
        if message.code == POST and message.path == "/5/0/2":
            return self._install()
        if message.code == POST and message.path == "/5/0/10" and self.state in (DOWNLOADING, DOWNLOADED):
            self._idle(10)
            return "2.04"
        return "4.05"

    def _idle(self, result):
        self.state, self.result, self.uri = IDLE, result, b""
        self._notify()

    def _take_address(self, message):
        if self.delivery == 1:
            return "4.05"
        if self.state == UPDATING:
            return "4.00"
        if not message.payload:
            self._idle(0)
            return "2.04"
        if self.state != IDLE:
            return "4.00"
        self.uri, self.state, self.result, self.package = message.payload, DOWNLOADING, 0, b""
        self._notify()
        self._after(0.05, self._fetch)
        return "2.04"

    # Pull.
    def _fetch(self):
        uri = urllib.parse.urlsplit(self.uri.decode())
        self.fetched_from = uri.scheme
        if uri.scheme == "https":
            import ssl
            with urllib.request.urlopen(self.uri.decode(), context=ssl.create_default_context(cafile=self.trusts), timeout=20) as answer:
                self.package = answer.read()
            self._fetched()
        elif uri.scheme in ("coap", "coaps"):
            self._fetch_block(uri.path, 0)
        else:
            self._idle(9)

    def _fetch_block(self, path, number):
        if self.state != DOWNLOADING:
            return
        uri = self.uri

        def done(answer):
            if self.state != DOWNLOADING or self.uri != uri:
                return
            if answer is None:
                self._restart = True
                return
            if answer.code != code("2.05"):
                self._idle(7 if answer.code == code("4.04") else 4)
                return
            self.seen_pull_etags.add(answer.value(ETAG))
            said, more, size = read_block(answer.value(BLOCK2) or b"")
            if said != number or len(self.package) != number * size:
                self.wrong.append(f"block {said} instead of {number}")
                return
            self.package += answer.payload
            if self.restarts[:1] == ["downloading"] and number >= 3:
                self.restarts.pop(0)
                self._power_off()
            elif more:
                self._after(self.slow, lambda: self._fetch_block(path, number + 1))
            else:
                self._fetched()
        self.request(GET, path, [(BLOCK2, block_value(number, False, self.block))], done=done)

    def _fetched(self):
        result = self.results.pop(0) if self.results else 0
        if result:
            self._idle(result)
            return
        self.state = DOWNLOADED
        if self.restarts[:1] == ["downloaded"]:
            self.restarts.pop(0)
            self._power_off()
            return
        self._notify()

    # Push.
    def _take_block(self, message):
        if self.delivery == 0:
            return "4.05"
        if message.payload == b"\0" and message.value(BLOCK1) is None:
            self._idle(0)
            return "2.04"
        number, more, size = read_block(message.value(BLOCK1) or b"")
        if number == 0:
            self.package, self.state, self.result = b"", DOWNLOADING, 0
        if number * size != len(self.package):
            return "4.08"
        self.package += message.payload
        # As small as it wishes, from the next one on.
        block = [(BLOCK1, block_value(number, more, min(size, self.block)))]
        if more:
            return "2.31", block
        self._after(0.05, self._fetched)
        return "2.04", block

    def _install(self):
        if self.state != DOWNLOADED:
            return "4.05"
        self.state = UPDATING
        self._after(0.3, self._boot)
        return "2.04"

    def _boot(self):
        first = self.package.split(b"\n", 1)[0].decode(errors="replace")
        if first.startswith("VERSION=") and not self.lies:
            self.version, self.result = first[8:], 1
        else:
            self.result = 1 if self.lies else 8
        self.state = IDLE
        self._power_off()

    def _power_off(self):
        """What it was at is lost, or kept, as devices do."""
        self.restarted += 1
        if self.forgets:
            self.state, self.result, self.package, self.uri = IDLE, 0, b"", b""
        elif self.state == DOWNLOADING:
            self.state, self.package = IDLE, b""
        self.observers.clear()
        self._restart = True

    @property
    def digest(self):
        return hashlib.sha256(self.package).hexdigest()
