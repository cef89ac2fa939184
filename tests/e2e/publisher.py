# SPDX-License-Identifier: Apache-2.0
"""A publisher of advisory data on this machine, with the faults that publishers and the way to them have."""
import hashlib
import http.server
import ssl
import subprocess
import threading
import urllib.parse


class Publisher:
    """Serves `files` by path. `faults` of a path is a list of functions (handler, body) -> whether they answered; each is
    used once, in order. What was asked is kept in `asked` as (path with query, headers)."""

    def __init__(self, tls=None):
        self.files, self.faults, self.asked, self.etags = {}, {}, [], {}
        self.dynamic = {}  # path -> function of the query that gives the body
        self._lock = threading.Lock()
        publisher = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                publisher._answer(self)

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def put(self, path, body, etag=True):
        body = body if isinstance(body, bytes) else body.encode()
        with self._lock:
            self.files[path] = body
            self.etags[path] = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if etag else None

    def fault(self, path, *faults):
        with self._lock:
            self.faults.setdefault(path, []).extend(faults)

    def asked_of(self, path):
        with self._lock:
            return [headers for asked, headers in self.asked if asked.split("?")[0] == path]

    def _answer(self, handler):
        parts = urllib.parse.urlsplit(handler.path)
        path = parts.path
        with self._lock:
            self.asked.append((handler.path, dict((name.lower(), value) for name, value in handler.headers.items())))
            body, etag = self.files.get(path), self.etags.get(path)
            fault = self.faults[path].pop(0) if self.faults.get(path) else None
            dynamic = self.dynamic.get(path)
        if dynamic:
            body, etag = dynamic(dict(urllib.parse.parse_qsl(parts.query))), None
        if fault and fault(handler, body or b""):
            return
        if body is None:
            return send(handler, 404, b"no such file")
        if etag and handler.headers.get("if-none-match") == etag:
            return send(handler, 304, None, {"ETag": etag})
        headers = {"ETag": etag} if etag else {}
        asked = handler.headers.get("range")
        if asked and handler.headers.get("if-range") == etag:
            begin = int(asked.removeprefix("bytes=").rstrip("-"))
            headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
            return send(handler, 206, body[begin:], headers)
        send(handler, 200, body, headers)


def send(handler, status, body, headers=None, length=None):
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    if status != 304:
        handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    if body:
        try:
            handler.wfile.write(body)
        except OSError:
            pass


# ---- faults

def status(code, **headers):
    def fault(handler, _):
        send(handler, code, b"no", {name.replace("_", "-"): value for name, value in headers.items()})
        return True
    return fault


def cut(after, etag=None):
    """The connection ends after so many bytes of the body, whose length was told."""
    def fault(handler, body):
        send(handler, 200, body[:after], {"ETag": etag} if etag else {}, len(body))
        handler.wfile.flush()
        handler.close_connection = True
        handler.connection.close()
        return True
    return fault


def whole_although_part_was_asked(etag):
    def fault(handler, body):
        send(handler, 200, body, {"ETag": etag})
        return True
    return fault


def redirect(to):
    def fault(handler, _):
        send(handler, 302, b"", {"Location": to})
        return True
    return fault


def silent(seconds_event):
    def fault(handler, body):
        send(handler, 200, body[:10], {}, len(body))
        handler.wfile.flush()
        seconds_event.wait(60)
        return True
    return fault


def huge(bytes_told):
    def fault(handler, _):
        send(handler, 200, b"x" * 1000, {}, bytes_told)
        handler.close_connection = True
        return True
    return fault


def own_authority(folder):
    """(certificate file, key file) for 127.0.0.1, signed by itself."""
    certificate, key = folder / "publisher.pem", folder / "publisher.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=publisher", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key
