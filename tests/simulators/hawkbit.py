# SPDX-License-Identifier: Apache-2.0
"""A hawkBit as who manages it sees it, on this machine: the part of its Management API (version 1) that a fleet is taken over by,
with the shapes of its published reference (eclipse.dev/hawkbit/rest-api/mgmt.html), paged by offset and limit, behind a
password. It shares no code with the server or the command line. What was asked wrongly is kept in `wrong`."""
import base64
import hashlib
import http.server
import json
import re
import threading
import urllib.parse

LONGEST_PAGE = 500
STAMPS = {"createdBy": "admin", "createdAt": 1682408574924, "lastModifiedBy": "admin", "lastModifiedAt": 1682408574925}


class Hawkbit:
    """`faults[path]` is a list of functions (handler, document) -> whether they answered; each is used once, in order."""

    def __init__(self, user="admin", password="a:secret"):
        self.authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.targets, self.sets, self.modules, self.filters, self.files = [], {}, {}, [], {}
        self.faults, self.asked, self.wrong = {}, [], []
        self._lock = threading.Lock()
        self._id = 0
        hawkbit = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                hawkbit._answer(self)

            def do_POST(self):
                with hawkbit._lock:
                    hawkbit.wrong.append(f"{self.command} {self.path}")
                send(self, 405, b"")
            do_PUT = do_DELETE = do_POST

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    # ---- what it holds
    def _next(self):
        self._id += 1
        return self._id

    def target(self, controller, attributes, name=None, installed=None, assigned=None):
        self.targets.append({"controller": controller, "name": name or controller, "attributes": attributes,
                             "installed": installed, "assigned": assigned})

    def module(self, name, version, *files):
        number = self._next()
        self.modules[number] = {"name": name, "version": version, "files": []}
        for filename, content in files:
            artifact = self._next()
            self.files[artifact] = content
            self.modules[number]["files"].append((artifact, filename))
        return number

    def distribution_set(self, name, version, *modules, deleted=False):
        number = self._next()
        self.sets[number] = {"name": name, "version": version, "modules": modules, "deleted": deleted}
        return number

    def filter(self, name, query):
        self.filters.append({"id": self._next(), "name": name, "query": query})

    def fault(self, path, *faults):
        self.faults.setdefault(path, []).extend(faults)

    def times_asked(self, path):
        with self._lock:
            return sum(1 for each in self.asked if each.split("?")[0] == path)

    # ---- as JSON
    def _link(self, path):
        return {"href": self.url + "/rest/v1" + path}

    def _target(self, target):
        return {**STAMPS, "controllerId": target["controller"], "name": target["name"], "updateStatus": "in_sync",
                "ipAddress": "10.1.2.3", "address": "http://10.1.2.3", "requestAttributes": False,
                "pollStatus": {"lastRequestAt": 1682408570791, "overdue": True}, "securityToken": "x" * 32,
                "_links": {"self": self._link("/targets/" + target["controller"])}}

    def _set(self, number):
        held = self.sets[number]
        return {**STAMPS, "name": held["name"], "description": "", "version": held["version"], "id": number,
                "modules": [self._module(each) for each in held["modules"]], "requiredMigrationStep": False, "type": "os",
                "typeName": "OS", "complete": True, "deleted": held["deleted"], "valid": True}

    def _module(self, number):
        held = self.modules[number]
        return {**STAMPS, "name": held["name"], "description": "", "version": held["version"], "type": "os", "typeName": "OS",
                "vendor": "", "locked": True, "deleted": False, "encrypted": False, "id": number}

    def _artifact(self, module, number, filename):
        content = self.files[number]
        path = f"/softwaremodules/{module}/artifacts/{number}"
        return {**STAMPS, "hashes": {"sha1": hashlib.sha1(content).hexdigest(), "md5": hashlib.md5(content).hexdigest(),
                                     "sha256": hashlib.sha256(content).hexdigest()},
                "providedFilename": filename, "size": len(content), "id": number,
                "_links": {"self": self._link(path), "download": self._link(path + "/download")}}

    def _list(self, path):
        """The whole list at a path that is paged."""
        if path == "/targets":
            return [self._target(each) for each in self.targets]
        if path == "/distributionsets":
            return [self._set(each) for each in self.sets]
        if path == "/targetfilters":
            return [{**STAMPS, **each, "_links": {}} for each in self.filters]
        if found := re.fullmatch(r"/distributionsets/(\d+)/assignedSM", path):
            return [self._module(each) for each in self.sets[int(found[1])]["modules"]]
        if found := re.fullmatch(r"/distributionsets/(\d+)/(installed|assigned)Targets", path):
            return [self._target(each) for each in self.targets if each[found[2]] == int(found[1])]
        return None

    def _document(self, path, query):
        whole = self._list(path)
        if whole is not None:
            offset, limit = int(query.get("offset", 0)), int(query.get("limit", 50))
            if set(query) - {"offset", "limit"} or not 0 < limit <= LONGEST_PAGE or offset < 0:
                self.wrong.append(f"{path} {query}")
            page = whole[offset:offset + min(limit, LONGEST_PAGE)]
            return {"content": page, "total": len(whole), "size": len(page)}
        if found := re.fullmatch(r"/softwaremodules/(\d+)/artifacts", path):
            return [self._artifact(int(found[1]), *each) for each in self.modules[int(found[1])]["files"]]
        if found := re.fullmatch(r"/targets/([^/]+)/attributes", path):
            name = urllib.parse.unquote(found[1])
            return next((each["attributes"] for each in self.targets if each["controller"] == name), None)
        return None

    def _answer(self, handler):
        parts = urllib.parse.urlsplit(handler.path)
        path = parts.path.removeprefix("/rest/v1")
        with self._lock:
            self.asked.append(handler.path)
            if handler.headers.get("Authorization") != self.authorization:
                return send(handler, 401, b"")
            document = self._document(path, dict(urllib.parse.parse_qsl(parts.query)))
            fault = self.faults[path].pop(0) if self.faults.get(path) else None
            content = None
            if found := re.fullmatch(r"/softwaremodules/\d+/artifacts/(\d+)/download", path):
                content = self.files.get(int(found[1]))
        if fault and fault(handler, document if content is None else content):
            return None
        if content is not None:
            if asked := re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", "")):
                begin = int(asked[1])
                return send(handler, 206, content[begin:], {"Content-Range": f"bytes {begin}-{len(content) - 1}/{len(content)}"})
            return send(handler, 200, content)
        if document is None:
            return send(handler, 404, b'{"errorCode":"hawkbit.server.error.repo.entityNotExists"}')
        return send(handler, 200, json.dumps(document).encode())


def send(handler, status, body, headers=None, length=None):
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Type", "application/hal+json")
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    try:
        handler.wfile.write(body)
    except OSError:
        pass


# ---- faults

def status(code, **headers):
    def fault(handler, _):
        send(handler, code, b"{}", {name.replace("_", "-"): value for name, value in headers.items()})
        return True
    return fault


def broken_page(handler, document):
    """Whole HTTP, half a document."""
    text = json.dumps(document).encode()
    send(handler, 200, text[:len(text) // 2])
    return True


def cut(after):
    """The connection ends after so many bytes."""
    def fault(handler, content):
        send(handler, 200, content[:after], length=len(content))
        handler.wfile.flush()
        handler.close_connection = True
        handler.connection.close()
        return True
    return fault
