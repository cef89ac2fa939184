# SPDX-License-Identifier: Apache-2.0
"""The Android Management API as a connector sees it, on this machine: the token endpoint for service accounts, and an
enterprise's devices and policies. Its phones take their policies, and install updates as those say, when a test lets a night pass.

What it serves is generated from the public types (tests/data/amapi), and what it is asked is checked against them: paths,
methods, parameters, selectors. Assertions are verified by the program openssl. It shares no code with the server.
"""
import base64
import http.server
import json
import pathlib
import random
import subprocess
import threading
import time
import urllib.parse

from graph import refuse, send

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "data" / "amapi" / "devices.schema.json"
POLICIES = SCHEMA.with_name("policies.schema.json")
SCOPE = "https://www.googleapis.com/auth/androidmanagement"


def unpack(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def selector(text):
    """"a,b(c,d)" as {"a": None, "b": {"c": None, "d": None}}."""
    out, name, position = {}, "", 0
    while position < len(text):
        letter = text[position]
        if letter == "(":
            depth, end = 1, position + 1
            while depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            out[name], name, position = selector(text[position + 1:end - 1]), "", end
            continue
        if letter == ",":
            if name:
                out[name] = None
            name = ""
        else:
            name += letter
        position += 1
    if name:
        out[name] = None
    return out


class Amapi:
    """One enterprise. `faults` are functions of the handler, each used for one request of devices."""

    def __init__(self, folder, enterprise="LC0abc", email="oakum@project.iam.gserviceaccount.com", seed=1):
        self.schemas = json.loads(SCHEMA.read_text(encoding="utf-8"))["schemas"]
        self.dice, self.enterprise, self.email = random.Random(seed), enterprise, email
        self.policy_schemas = json.loads(POLICIES.read_text(encoding="utf-8"))["schemas"]
        self.devices, self.tokens, self.pages = [], set(), {}
        self.policies = {}  # by the last part of their names
        self.writable, self.written, self.write_faults = False, [], []
        self.asked, self.wrong, self.faults = [], [], []
        self.page_size = 100
        self.folder = pathlib.Path(folder)
        self._lock = threading.Lock()
        key = self.folder / "service-account.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(key)],
                       check=True, capture_output=True)
        self.public = self.folder / "service-account.pub"
        subprocess.run(["openssl", "pkey", "-in", str(key), "-pubout", "-out", str(self.public)], check=True, capture_output=True)
        self.key_file = self.folder / "service-account.json"
        self.key_file.write_text(json.dumps({"type": "service_account", "project_id": "project", "private_key_id": "k1",
                                             "private_key": key.read_text(), "client_email": email}), encoding="utf-8")
        simulator = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                simulator._get(self)

            def do_POST(self):
                simulator._post(self)

            def _other(self):
                simulator.wrong.append(f"{self.command} {self.path}")
                refuse(self, 405, "METHOD_NOT_ALLOWED", "this enterprise is read")

            def do_PATCH(self):
                simulator._patch(self)

            do_PUT = do_DELETE = _other

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def make(self, kind, **given):
        """An object of that type: what is given, and all else made up."""
        unknown = set(given) - set(self.schemas[kind])
        assert not unknown, f"{kind} has no {unknown}"
        made = dict(given)
        for name, its in self.schemas[kind].items():
            if name in made:
                continue
            if its == "string":
                made[name] = f"{name} {self.dice.randrange(10**6)}"
            elif its == "number":
                made[name] = self.dice.randrange(2**31)
            elif its == "boolean":
                made[name] = self.dice.random() < .5
            elif its in self.schemas:
                made[name] = self.make(its)
        return made

    def device(self, hardware=None, software=None, **given):
        given.setdefault("name", f"enterprises/{self.enterprise}/devices/{self.dice.getrandbits(64):016x}")
        given.setdefault("state", "ACTIVE")
        given.setdefault("ownership", "COMPANY_OWNED")
        given.setdefault("lastStatusReportTime", time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 6 * 86400)))
        given.setdefault("networkInfo", self.make("NetworkInfo", imei="", wifiMacAddress=""))
        self.devices.append(self.make("Device", hardwareInfo=self.make("HardwareInfo", **(hardware or {})),
                                      softwareInfo=self.make("SoftwareInfo", **(software or {})), **given))
        return self.devices[-1]

    def report(self, **given):
        return self.make("ApplicationReport", state="INSTALLED", **given)

    def check(self, kind, body):
        """That a body is one of that type, by names and types."""
        types = {"string": str, "number": int, "boolean": bool}
        for name, value in body.items():
            its = self.schemas[kind][name]
            if its in types:
                assert isinstance(value, types[its]), (name, value)
            else:
                self.check(its, value)

    def chosen(self, kind, value, wanted):
        """The part of an object that a selector asks for; a name that the type has not is wrong."""
        out = {}
        for name, inner in wanted.items():
            if name not in self.schemas[kind]:
                raise KeyError(f"{kind}.{name}")
            its = self.schemas[kind][name]
            if inner is not None:
                inner_kind = its.removesuffix("[]")
                held = value.get(name)
                if held is None:
                    self.chosen(inner_kind, {}, inner)
                else:
                    out[name] = [self.chosen(inner_kind, each, inner) for each in held] if its.endswith("[]") else \
                        self.chosen(inner_kind, held, inner)
            elif name in value:
                out[name] = value[name]
        return out

    # ---- policies, and what phones make of them
    def policy(self, name, **given):
        """One of the enterprise's own."""
        self.check_policy("Policy", given)
        self.policies[name] = {"name": f"enterprises/{self.enterprise}/policies/{name}", "version": "1", **given}
        return self.policies[name]

    def check_policy(self, kind, body):
        """That a body is one of that type, by names and types, as deep as it goes."""
        types = {"string": str, "number": (int, float), "boolean": bool}
        for name, value in body.items():
            its = self.policy_schemas[kind][name]  # a name that the type has not is wrong
            many = its.endswith("[]")
            its = its.removesuffix("[]")
            for each in value if many else [value]:
                if its in types:
                    assert isinstance(each, types[its]) and (its == "boolean" or not isinstance(each, bool)), (name, each)
                elif its in self.policy_schemas:
                    self.check_policy(its, each)

    def night(self, *devices):
        """These phones (without any: all) speak to their enterprise: they take their policy, and what is there for them they
        install when it lets them."""
        for device in devices or self.devices:
            device["appliedPolicyName"] = device["policyName"]
            policy = self.policies.get(device["policyName"].rsplit("/", 1)[-1], {})
            waiting = device.get("waiting")
            if waiting and policy.get("systemUpdate", {}).get("type") in ("AUTOMATIC", "WINDOWED"):
                device["softwareInfo"]["securityPatchLevel"] = device.pop("waiting")
                device["softwareInfo"]["systemUpdateInfo"] = {"updateStatus": "UP_TO_DATE"}
            device["lastStatusReportTime"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())

    def _signed_in(self, handler):
        with self._lock:
            return handler.headers.get("authorization", "").removeprefix("Bearer ") in self.tokens

    def _patch(self, handler):
        body = handler.rfile.read(int(handler.headers.get("content-length", 0))).decode()
        self.asked.append(("PATCH", handler.path))
        parts = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        if not self.writable:
            self.wrong.append(f"PATCH {handler.path}")
            return refuse(handler, 403, "PERMISSION_DENIED", "Caller is not authorized to manage enterprise.")
        if not self._signed_in(handler):
            return refuse(handler, 401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if self.write_faults and self.write_faults.pop(0)(handler):
            return None
        kind, _, name = parts.path.removeprefix(f"/v1/enterprises/{self.enterprise}/").partition("/")
        name = urllib.parse.unquote(name)
        try:
            given = json.loads(body)
            assert handler.headers.get("content-type") == "application/json"
            with self._lock:
                answer = self._patched(kind, name, query, given)
        except (AssertionError, KeyError, ValueError) as fault:
            self.wrong.append(f"PATCH {handler.path} {body[:300]}: {fault!r}")
            return refuse(handler, 400, "INVALID_ARGUMENT", str(fault))
        if answer is None:
            return refuse(handler, 404, "NOT_FOUND", "Requested entity was not found.")
        return send(handler, 200, answer)

    def _patched(self, kind, name, query, given):
        if kind == "policies":
            # The whole of it; what a mask would leave out is nothing that a connector may count on.
            assert not query, query
            assert name.startswith("oakum-"), f"the policy {name} is the enterprise's own"
            self.check_policy("Policy", given)
            assert "name" not in given and "version" not in given, "output only"
            version = int(self.policies.get(name, {"version": "0"})["version"]) + 1
            self.policies[name] = {**given, "name": f"enterprises/{self.enterprise}/policies/{name}", "version": str(version)}
            self.written.append(("policy", name, given))
            return self.policies[name]
        assert kind == "devices" and query == {"updateMask": "policyName"}, (kind, query)
        assert set(given) == {"policyName"}, given
        folder, _, policy = given["policyName"].rpartition("/")
        assert folder == f"enterprises/{self.enterprise}/policies" and policy in self.policies, given
        for device in self.devices:
            if device["name"].rsplit("/", 1)[-1] == name:
                device["policyName"] = given["policyName"]
                self.written.append(("device", name, policy))
                return {key: value for key, value in device.items() if key != "waiting"}
        return None

    # ---- what is asked
    def _post(self, handler):
        body = handler.rfile.read(int(handler.headers.get("content-length", 0))).decode()
        self.asked.append(("POST", handler.path))
        form = dict(urllib.parse.parse_qsl(body))
        if handler.path != "/token" or form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            self.wrong.append(f"POST {handler.path}")
            return send(handler, 400, {"error": "unsupported_grant_type"})
        head, claims, signature = form["assertion"].split(".")
        if not self._is_signed(head + "." + claims, unpack(signature)):
            return send(handler, 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        head, claims = json.loads(unpack(head)), json.loads(unpack(claims))
        now = time.time()
        good = (head == {"alg": "RS256", "typ": "JWT", "kid": "k1"} and claims["iss"] == self.email and claims["scope"] == SCOPE
                and claims["aud"] == self.url + "/token" and claims["exp"] - claims["iat"] <= 3600 and abs(claims["iat"] - now) < 300)
        if not good:
            self.wrong.append(f"assertion {head} {claims}")
            return send(handler, 400, {"error": "invalid_grant", "error_description": "Invalid JWT: Token must be a short-lived token."})
        token = f"ya29.{self.dice.getrandbits(256):064x}"
        with self._lock:
            self.tokens.add(token)
        return send(handler, 200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _is_signed(self, text, signature):
        name = self.folder / f"assertion-{threading.get_ident()}"
        name.write_bytes(signature)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", str(self.public), "-signature", str(name)],
                              input=text.encode(), capture_output=True, check=False)
        name.unlink()
        return done.returncode == 0

    def _get(self, handler):
        self.asked.append(("GET", handler.path))
        parts = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        if not self._signed_in(handler):
            return refuse(handler, 401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if self.faults and self.faults.pop(0)(handler):
            return None
        kind, _, name = parts.path.removeprefix(f"/v1/enterprises/{self.enterprise}/").partition("/")
        name = urllib.parse.unquote(name)
        if kind == "policies" and name in self.policies and not query:
            return send(handler, 200, self.policies[name])
        if kind == "devices" and name and query == {"fields": "policyName"}:
            for device in self.devices:
                if device["name"].rsplit("/", 1)[-1] == name:
                    return send(handler, 200, {"policyName": device["policyName"]} if device.get("policyName") else {})
        if parts.path != f"/v1/enterprises/{self.enterprise}/devices" or set(query) - {"pageSize", "pageToken", "fields"}:
            self.wrong.append(f"GET {handler.path}")
            return refuse(handler, 404, "NOT_FOUND", "Requested entity was not found.")
        start = 0
        if "pageToken" in query:
            if query["pageToken"] not in self.pages:
                return refuse(handler, 400, "INVALID_ARGUMENT", "the page token is not valid")
            start = self.pages[query["pageToken"]]
        size = min(int(query.get("pageSize", 100)), self.page_size)
        page = {"devices": self.devices[start:start + size]}
        if start + size < len(self.devices):
            page["nextPageToken"] = f"{self.dice.getrandbits(64):016x}+/="
            self.pages[page["nextPageToken"]] = start + size
        try:
            return send(handler, 200, self.chosen("ListDevicesResponse", page, selector(query.get("fields", ""))))
        except KeyError as unknown:
            self.wrong.append(f"fields {unknown}")
            return refuse(handler, 400, "INVALID_ARGUMENT", f"Error expanding 'fields' parameter: {unknown}")
