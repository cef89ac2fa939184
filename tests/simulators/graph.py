# SPDX-License-Identifier: Apache-2.0
"""Microsoft Graph as a connector to Intune sees it, on this machine: the token endpoint, managedDevices and detectedApps.

What it serves is generated from the public schema (tests/data/graph), and what it is asked is checked against it: paths,
methods, query options, names of properties. What was asked wrongly is kept in `wrong`. It shares no code with the server.
"""
import http.server
import json
import pathlib
import random
import threading
import time
import urllib.parse
import xml.etree.ElementTree

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "data" / "graph" / "managed-device.csdl.xml"
OPTIONS = {"$select", "$top", "$skiptoken"}


class Schema:
    """The entities and enumerations of the cut of Graph's CSDL."""

    def __init__(self):
        root = xml.etree.ElementTree.parse(SCHEMA).getroot()
        self.enums = {each.get("Name"): [member.get("Name") for member in each.iter("Member")] for each in root.iter("EnumType")}
        self.entities = {}
        for entity in root.iter("EntityType"):
            inherited = self.entities.get((entity.get("BaseType") or "").removeprefix("graph."), {"id": ("Edm.String", False)})
            self.entities[entity.get("Name")] = inherited | {
                each.get("Name"): (each.get("Type"), each.get("Nullable") != "false")
                for kind in ("Property", "NavigationProperty") for each in entity.iter(kind)}

    def make(self, entity, dice, **given):
        """An entity of that kind: what is given, and all else made up by its type."""
        unknown = set(given) - set(self.entities[entity])
        assert not unknown, f"{entity} has no {unknown}"
        made = {}
        for name, (kind, nullable) in self.entities[entity].items():
            if name in given:
                made[name] = given[name]
            elif kind.removeprefix("graph.") in self.enums:
                made[name] = dice.choice(self.enums[kind.removeprefix("graph.")])
            elif kind == "Edm.String":
                made[name] = None if nullable and dice.random() < .2 else f"{name} {dice.randrange(10**6)}"
            elif kind == "Edm.Boolean":
                made[name] = dice.random() < .5
            elif kind in ("Edm.Int32", "Edm.Int64"):
                made[name] = dice.randrange(2**31)
            elif kind == "Edm.DateTimeOffset":
                made[name] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1_700_000_000 + dice.randrange(10**7))) + "Z"
            elif kind.startswith("Collection("):
                made[name] = []
            else:
                made[name] = None
        return made


class Graph:
    """One tenant. `faults` are functions of the handler, each used for one request of managedDevices, that say whether they
    answered; `between` is called before each page."""

    def __init__(self, tenant="contoso-tenant", client="oakum-client", secret="s3cr&t~.", seed=1):
        self.schema, self.dice = Schema(), random.Random(seed)
        self.tenant, self.client, self.secret = tenant, client, secret
        self.devices, self.apps, self.has_app = [], [], {}
        self.permitted = True
        self.tokens, self.links = set(), {}
        self.asked, self.wrong, self.faults = [], [], []
        self.page_size = 1000
        self.between = lambda page: None
        self._lock = threading.Lock()
        graph = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                graph._get(self)

            def do_POST(self):
                graph._post(self)

            def _other(self):
                graph.wrong.append(f"{self.command} {self.path}")
                refuse(self, 405, "MethodNotAllowed", "this tenant is read")

            do_PUT = do_PATCH = do_DELETE = _other

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def device(self, **given):
        """Adds a device; what is not given is made up from the schema."""
        given.setdefault("id", f"{self.dice.getrandbits(128):032x}")
        self.devices.append(self.schema.make("managedDevice", self.dice, **given))
        return self.devices[-1]

    def app(self, devices, **given):
        given.setdefault("id", f"{self.dice.getrandbits(256):064x}")
        self.apps.append(self.schema.make("detectedApp", self.dice, **given))
        self.has_app[given["id"]] = [device["id"] for device in devices]

    def revoke_tokens(self):
        with self._lock:
            self.tokens.clear()

    def check(self, entity, body):
        """That a body is one of that entity, by names and types."""
        kinds = {"Edm.String": str, "Edm.Int32": int, "Edm.Boolean": bool}
        for name, value in body.items():
            if name == "@odata.type":
                assert value == f"#microsoft.graph.{entity}", value
                continue
            kind = self.schema.entities[entity][name][0]
            inner = kind.removeprefix("Collection(").removesuffix(")").removeprefix("graph.")
            if kind.startswith("Collection("):
                for each in value:
                    self.check(inner, each)
            elif inner in self.schema.enums:
                assert value in self.schema.enums[inner], (name, value)
            else:
                assert isinstance(value, kinds[kind]), (name, value)

    def asked_of(self, part):
        return [path for method, path in self.asked if part in path]

    # ---- what is asked
    def _post(self, handler):
        body = handler.rfile.read(int(handler.headers.get("content-length", 0))).decode()
        self.asked.append(("POST", handler.path))
        if handler.path != f"/{self.tenant}/oauth2/v2.0/token":
            self.wrong.append(f"POST {handler.path}")
            return send(handler, 400, {"error": "invalid_tenant", "error_description": "AADSTS90002: Tenant not found."})
        form = dict(urllib.parse.parse_qsl(body))
        if form.get("grant_type") != "client_credentials" or form.get("scope") != self.url + "/.default":
            self.wrong.append(f"token: {sorted(form)} {form.get('scope')}")
            return send(handler, 400, {"error": "invalid_scope", "error_description": "AADSTS70011: The scope is not valid."})
        if form.get("client_id") != self.client or form.get("client_secret") != self.secret:
            return send(handler, 401, {"error": "invalid_client", "error_description":
                                       "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 0000\r\nTimestamp: now"})
        token = f"{self.dice.getrandbits(256):064x}"
        with self._lock:
            self.tokens.add(token)
        return send(handler, 200, {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token})

    def _get(self, handler):
        self.asked.append(("GET", handler.path))
        parts = urllib.parse.urlsplit(handler.path)
        path = parts.path.removeprefix("/v1.0/deviceManagement")
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        if path == parts.path or set(query) - OPTIONS:
            self.wrong.append(f"GET {handler.path}")
            return refuse(handler, 400, "BadRequest", "no such resource or query option")
        with self._lock:
            known = handler.headers.get("authorization", "").removeprefix("Bearer ") in self.tokens
        if not known:
            return refuse(handler, 401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
        if not self.permitted:
            return refuse(handler, 403, "Forbidden", "Application is not authorized to perform this operation.")
        if path == "/managedDevices" and self.faults and self.faults.pop(0)(handler):
            return None
        if path == "/managedDevices":
            return self._list(handler, path, "managedDevice", self.devices, query)
        if path == "/detectedApps":
            return self._list(handler, path, "detectedApp", self.apps, query)
        app = path.removeprefix("/detectedApps/").removesuffix("/managedDevices")
        if app in self.has_app:
            return self._list(handler, path, "managedDevice", [each for each in self.devices if each["id"] in self.has_app[app]], query)
        self.wrong.append(f"GET {handler.path}")
        return refuse(handler, 404, "ResourceNotFound", "no such thing")

    def _list(self, handler, path, entity, items, query):
        start, select, top = 0, query.get("$select", ""), int(query.get("$top", self.page_size))
        if "$skiptoken" in query:
            if query["$skiptoken"] not in self.links:
                return refuse(handler, 400, "BadRequest", "the skip token is not valid")
            start, select, top = self.links[query["$skiptoken"]]
        names = select.split(",") if select else list(self.schema.entities[entity])
        if unknown := [each for each in names if each not in self.schema.entities[entity]]:
            self.wrong.append(f"$select {unknown}")
            return refuse(handler, 400, "BadRequest", f"Could not find a property named '{unknown[0]}'")
        top = min(top, self.page_size)
        if entity == "managedDevice":
            self.between(start // max(top, 1))
        page = {"@odata.context": f"{self.url}/v1.0/$metadata#deviceManagement{path}",
                "value": [{name: each[name] for name in names} for each in items[start:start + top]]}
        if start + top < len(items):
            link = f"{self.dice.getrandbits(96):024x}"
            self.links[link] = (start + top, select, top)
            page["@odata.nextLink"] = f"{self.url}/v1.0/deviceManagement{path}?$skiptoken={link}"
        return send(handler, 200, page)


def send(handler, status, body, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)
    return True


def refuse(handler, status, code, message, **headers):
    return send(handler, status, {"error": {"code": code, "message": message, "innerError": {"request-id": "0"}}}, **headers)


# ---- faults
def status(code, **headers):
    return lambda handler: refuse(handler, code, "TooManyRequests" if code == 429 else "ServiceUnavailable", "later", **headers)


def cut(handler):
    """Half of what was promised, and then nothing."""
    handler.send_response(200)
    handler.send_header("Content-Length", "4000")
    handler.end_headers()
    handler.wfile.write(b'{"value":[{"id":"half')
    handler.close_connection = True
    return True


def page(body):
    """Another body, whole."""
    return lambda handler: send(handler, 200, body if isinstance(body, bytes) else json.dumps(body).encode())
