# SPDX-License-Identifier: Apache-2.0
"""A small world of real processes for the end-to-end tests: a server, agents, the command line and the API.

Everything lives in a temporary folder and on free ports. Waits have deadlines; a failed test prints the end of
every log. OAKUM_BIN names the folder of the programs (default: build/release/bin).
"""
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("OAKUM_BIN", ROOT / "build" / "release" / "bin")).resolve()
SBOMS = ROOT / "demo" / "firmware"
FEEDS = ROOT / "demo" / "data"
GATEWAY, CAMERA = "AC-GW200", "AC-CAM40"
KINDS = {GATEWAY: "gateway", CAMERA: "camera"}
ENDED = {"verified", "failed", "rolled_back", "withdrawn", "superseded", "expired"}
# A gate that lets a wave pass whatever its failures, once that many devices are healthy.
LENIENT = {"tolerated_failure_ppm": 999_999, "unproven": "open", "soak_seconds": 0}


def sbom(model, version):
    return SBOMS / KINDS[model] / f"{version}.cdx.json"


def wait_until(what, condition, seconds=150.0, every=0.15):
    """The first true value of the condition; fails with its last value and what it waited for."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s for {what}; last seen: {value!r}")
        time.sleep(every)


class Failed(Exception):
    """The command line ended with another status than 0."""

    def __init__(self, words, done):
        super().__init__(f"oakum {' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
        self.status = done.returncode
        self.text = done.stdout + done.stderr


class Process:
    """A program whose output goes to a file."""

    def __init__(self, words, log, env=None, file_bytes=None):
        self.log = pathlib.Path(log)
        self.started_at = self.log.stat().st_size if self.log.exists() else 0
        self._out = open(self.log, "ab")
        self._process = subprocess.Popen([str(word) for word in words], stdout=self._out, stderr=subprocess.STDOUT,
                                         stdin=subprocess.DEVNULL, env=env)
        if file_bytes is not None:
            self.limit_files(file_bytes)

    def limit_files(self, most):
        """No file of this process may grow beyond so many bytes from now on; None lifts the limit."""
        limit = resource.RLIM_INFINITY if most is None else most
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    @property
    def pid(self):
        return self._process.pid

    def alive(self):
        return self._process.poll() is None

    def said(self):
        """What it wrote since it was started."""
        with open(self.log, "rb") as log:
            log.seek(self.started_at)
            return log.read().decode(errors="replace")

    def wait_for(self, pattern, seconds=150.0):
        def look():
            found = re.search(pattern, self.said())
            if not found and not self.alive():
                raise AssertionError(f"it ended with {self._process.returncode} before saying {pattern}:\n{self.said()}")
            return found
        return wait_until(f"{pattern!r} in {self.log.name}", look, seconds, 0.05)

    def end(self, number=signal.SIGTERM, seconds=30.0):
        if self.alive():
            self._process.send_signal(number)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                raise AssertionError(f"{self.log.name}: it did not end within {seconds:g} s of signal {number}")
            finally:
                self._out.close()
        return self._process.returncode

    def kill(self):
        return self.end(signal.SIGKILL)


class Server:
    def __init__(self, folder, log):
        self.folder, self.log = pathlib.Path(folder), log
        self.port, self.fingerprint, self.sign_in = 0, None, None
        self.process = None

    def start(self, *more, seconds=180.0, file_bytes=None):
        self.process = Process([BIN / "oakumd", "--data", self.folder, "--listen", f"127.0.0.1:{self.port}",
                                "--poll-seconds", "1", *more], self.log, file_bytes=file_bytes)
        self.port = int(self.process.wait_for(r"oakumd is ready at https://[^\s]*:(\d+)", seconds).group(1))
        welcome = self.process.said()
        if found := re.search(r"sign-in#token=(\S+)", welcome):
            self.sign_in = found.group(1)
        if found := re.search(r"CA fingerprint\s+([0-9A-Fa-f:]+)", welcome):
            self.fingerprint = found.group(1)
        return self

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    @property
    def ca(self):
        return self.folder / "keys" / "online" / "ca.pem"


class Agent:
    """One oakum-agent with two slots in a folder."""

    def __init__(self, folder, serial, model, log):
        self.folder, self.serial, self.model, self.log = pathlib.Path(folder), serial, model, log
        self.process = None
        self.id = None

    def run_once(self, *words):
        return subprocess.run([str(BIN / "oakum-agent"), *map(str, words)], capture_output=True, text=True, timeout=300,
                              check=False)

    def enroll(self, server_url, fingerprint, token):
        return self.run_once("enroll", "--dir", self.folder, "--server", server_url, "--token", token,
                             "--ca-fingerprint", fingerprint, "--model", self.model, "--serial", self.serial)

    def provision(self, image):
        return self.run_once("provision", "--dir", self.folder, "--image", image)

    def configure(self, **settings):
        with open(self.folder / "agent.conf", "a", encoding="utf-8") as config:
            for name, value in settings.items():
                config.write(f"{name.replace('__', '.')} = {value}\n")

    def start(self):
        self.process = Process([BIN / "oakum-agent", "run", "--dir", self.folder], self.log)
        return self

    def state(self):
        try:
            return json.loads((self.folder / "state" / "state.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}

    def slot_versions(self):
        """What each slot holds, by its os-release."""
        versions = {}
        for slot in ("a", "b"):
            for release in sorted((self.folder / "slots" / slot).rglob("os-release")):
                try:
                    text = release.read_text(encoding="utf-8")
                except FileNotFoundError:  # it is being replaced
                    continue
                found = re.search(r"^VERSION_ID=(\S+)", text, re.M)
                versions[slot] = found.group(1) if found else "?"
        return versions

    def firmware_processes(self):
        """The pids of programs that run in a folder of this device."""
        pids = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    where = os.readlink(entry / "cwd")
                except OSError:
                    continue
                if where.startswith(str(self.folder) + "/"):
                    pids.append(int(entry.name))
        return pids

    def end(self, number=signal.SIGTERM):
        if self.process is not None:
            self.process.end(number)

    def end_firmware(self):
        for pid in self.firmware_processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


class World:
    def __init__(self, name):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"oakum-{name}-"))
        self.home = self.folder / "home"
        self.home.mkdir()
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        self.server = Server(self.folder / "data", self.logs / "oakumd.log")
        self.agents, self.programs = [], []
        self._token = None

    # ---- the server and its people
    def start(self, *more):
        self.server.start(*more)
        self.oakum("login", "--server", self.server.url, "--ca-fingerprint", self.server.fingerprint, "--one-time",
                   self.server.sign_in, json_output=False)
        self._token = json.loads((self.home / ".config/oakum/connection.json").read_text())["token"]
        return self

    def environment(self):
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.home)}

    def oakum(self, *words, json_output=True, seconds=300.0):
        """The command line's answer: parsed JSON, or its text."""
        command = [str(BIN / "oakum"), *(["-o", "json"] if json_output else []), *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment(), timeout=seconds,
                              check=False)
        if done.returncode != 0:
            raise Failed(words, done)
        return json.loads(done.stdout) if json_output else done.stdout + done.stderr

    @property
    def token(self):
        return self._token

    def tls(self):
        return ssl.create_default_context(cafile=str(self.server.ca))

    def raw(self, method, path, body=None, headers=None, context=None, seconds=30.0):
        """One request, as it is, over a connection of its own."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.server.port, context=context or self.tls(),
                                                 timeout=seconds)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def ask(self, method, path, body=None, token=None, **query):
        """One API request with the administrator's token (or another's)."""
        given = {name: value for name, value in query.items() if value is not None}
        target = path + ("?" + urllib.parse.urlencode(given) if given else "")
        headers = {"Authorization": f"Bearer {token or self._token}"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        return self.raw(method, target, data, headers)

    def get(self, path, **query):
        answer = self.ask("GET", path, **query)
        if answer.status != 200:
            raise AssertionError(f"GET {path} {query}: {answer}")
        return answer.json

    def post(self, path, body, expect=(200, 201, 202)):
        answer = self.ask("POST", path, body)
        if answer.status not in expect:
            raise AssertionError(f"POST {path}: {answer}")
        return answer.json

    def all(self, path, **query):
        """Every item of a paged list."""
        items, cursor = [], None
        while True:
            page = self.get(path, cursor=cursor, limit=200, **query)
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return items

    # ---- firmware, releases, rollouts
    def image(self, model, version, payload_kib=64, ill=(), tag=""):
        out = self.folder / f"{KINDS[model]}-{version}{tag}.tar"
        command = [sys.executable, str(ROOT / "tools/make_demo_firmware.py"), str(sbom(model, version)), "-o", str(out),
                   "--payload-kib", str(payload_kib)]
        for serial in ill:
            command += ["--ill", serial]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return out

    def variant(self, model, of, version):
        """A CycloneDX file like that of another version; the demonstration has two versions of each model."""
        document = json.loads(sbom(model, of).read_text(encoding="utf-8"))
        document["metadata"]["component"]["version"] = version
        path = self.folder / f"{KINDS[model]}-{version}.cdx.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def image_of(self, document, payload_kib=64):
        out = self.folder / (document.name.removesuffix(".cdx.json") + ".tar")
        subprocess.run([sys.executable, str(ROOT / "tools/make_demo_firmware.py"), str(document), "-o", str(out),
                        "--payload-kib", str(payload_kib)], check=True, capture_output=True, timeout=300)
        return out

    def release(self, model, version, artifact, *more):
        return self.oakum("release", "create", "--name", KINDS[model], "--version", version, "--artifact", artifact,
                          "--model", model, "--publish", *more)

    def roll_out(self, release, waves=(("all", 1_000_000, 0),), soak=1, query="", **more):
        plan = {"name": more.pop("name", "rollout"), "release": release, "query": query, "soak_seconds": soak,
                "waves": [{"name": name, "share_ppm": share, "gate": {"minimum": minimum, **LENIENT}}
                          for name, share, minimum in waves], **more}
        rollout = self.post("/api/v1/rollouts", plan)
        return self.post(f"/api/v1/rollouts/{rollout['id']}/actions/start", {"why": "the test"})

    def deployments(self, rollout):
        return self.all(f"/api/v1/rollouts/{rollout}/devices")

    def deployment_of(self, rollout, agent):
        for deployment in self.deployments(rollout):
            if deployment["device"]["id"] == agent.id:
                return deployment
        return None

    def wait_for_end(self, rollout, agent, seconds=180.0):
        """The deployment of an agent once it has ended."""
        def look():
            deployment = self.deployment_of(rollout, agent)
            if deployment and deployment["state"] in ENDED:
                return deployment
            seen = deployment and {name: deployment[name] for name in ("state", "reason", "detail", "attempt")}
            look.seen = seen
            return None
        look.seen = None
        try:
            return wait_until(f"the end of {agent.serial}'s deployment", look, seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {look.seen}; {self.get(f'/api/v1/rollouts/{rollout}')['sentence']}") \
                from None

    # ---- devices
    def enrolment(self, uses, group=None, label="test"):
        words = ["enrolment", "create", "--label", label, "--uses", uses, "--hours", 1]
        if group:
            words += ["--group", group]
        return self.oakum(*words)["secret"]

    def new_agent(self, serial, model):
        agent = Agent(self.folder / "devices" / serial, serial, model, self.logs / f"{serial}.log")
        agent.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        self.agents.append(agent)
        return agent

    def agent(self, serial, model, image, token, url=None, **settings):
        """An agent with firmware and an identity, running."""
        agent = self.new_agent(serial, model)
        provisioned = agent.provision(image)
        if provisioned.returncode != 0:
            raise AssertionError(f"provisioning {serial}: {provisioned.stderr}")
        enrolled = agent.enroll(url or self.server.url, self.server.fingerprint, token)
        if enrolled.returncode != 0:
            raise AssertionError(f"enrolling {serial}: {enrolled.stderr}")
        chosen = {"health__command": "bin/health", "packages": "slot", "health__interval_seconds": 1,
                  "health__window_seconds": 3, "spare_bytes": 0, "longest_backoff_seconds": 2, **settings}
        agent.configure(**chosen)
        agent.start()
        agent.id = wait_until(f"{serial} among the devices", lambda: self.device_id(serial))
        return agent

    def device_id(self, serial):
        for device in self.all("/api/v1/devices", query=f'serial = "{serial}"'):
            return device["id"]
        return None

    def device(self, agent):
        return self.get(f"/api/v1/devices/{agent.id}")

    def wait_for_version(self, agent, version, seconds=150.0):
        return wait_until(f"{agent.serial} on {version}",
                          lambda: self.device(agent)["running_version"] == version, seconds)

    def program(self, words, name):
        process = Process(words, self.logs / f"{name}.log", self.environment())
        self.programs.append(process)
        return process

    # ---- the end
    def close(self, keep_logs):
        for agent in self.agents:
            try:
                agent.end(signal.SIGTERM)
            except AssertionError as late:
                print(late, file=sys.stderr)
            agent.end_firmware()
        for program in self.programs:
            program.end(signal.SIGKILL)
        if self.server.process is not None:
            self.server.process.end(signal.SIGKILL)
        if keep_logs:
            for log in sorted(self.logs.iterdir()):
                lines = log.read_text(errors="replace").splitlines()
                print(f"---- {log.name} (the last of {len(lines)} lines)", file=sys.stderr)
                print("\n".join(lines[-25:]), file=sys.stderr)
        if os.environ.get("OAKUM_KEEP"):
            print(f"kept: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


class WorldTest(unittest.TestCase):
    """A test class with one world, made by its `build` and shared by its tests."""
    world = None
    unwell = False

    @classmethod
    def setUpClass(cls):
        for program in ("oakumd", "oakum", "oakum-agent", "oakum-sim"):
            if not (BIN / program).exists():
                raise AssertionError(f"{BIN / program} is missing: ./run build makes it")
        cls.world = World(cls.__name__.lower())
        try:
            cls.build(cls.world)
        except BaseException:
            cls.world.close(keep_logs=True)
            raise

    @classmethod
    def build(cls, world):
        world.start()

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            type(self).unwell = True

    @classmethod
    def tearDownClass(cls):
        cls.world.close(keep_logs=cls.unwell)


class Proxy:
    """Passes TCP connections on to the server. Once armed, it cuts the connection that carries the given number of
    bytes to the device, and that only once."""

    def __init__(self, target_port):
        import socket
        self._target = ("127.0.0.1", target_port)
        self._socket = socket
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._cut_after = None
        self.cuts, self.bytes_to_device = 0, 0
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, count):
        with self._lock:
            self._cut_after = count

    def _accept(self):
        while True:
            try:
                device, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = self._socket.create_connection(self._target, 10)
            except OSError:
                device.close()
                continue
            for source, sink, to_device in ((device, server, False), (server, device, True)):
                threading.Thread(target=self._pump, args=(source, sink, to_device), daemon=True).start()

    def _pump(self, source, sink, to_device):
        passed = 0
        try:
            while piece := source.recv(16384):
                sink.sendall(piece)
                if not to_device:
                    continue
                passed += len(piece)
                with self._lock:
                    self.bytes_to_device += len(piece)
                    cut = self._cut_after is not None and passed >= self._cut_after
                    if cut:
                        self._cut_after = None
                        self.cuts += 1
                if cut:
                    break
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(self._socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def close(self):
        self._listener.close()
