#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_release_data.py BIN NAME: the small data folder of a release, for the tests of upgrades.

BIN holds the programs of that release (oakumd, oakum, oakum-agent), NAME is what the file is called:
tests/data/releases/NAME.tar.xz with
  data/           the server's folder after it was stopped, its keys included
  agent/          the folder of a device that it updated
  expected.json   what the server said of itself, and the secrets of its people
  messages.json   what the device sent to it, and the status of each answer

Run it before a release, with the programs that are released; never again for the same one. All keys, tokens and
passwords in it were made for this alone and open nothing.
"""
import http.client
import http.server
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tarfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
PASSWORD = "a throw-away password of the tests"


class Recorder:
    """Stands between a device and its server: speaks as the server with a certificate of its CA, hands each request on with
    the device's own certificate, and notes it."""

    def __init__(self, world, agent):
        self.world, self.agent, self.messages, self.lock = world, agent, [], threading.Lock()
        folder = world.folder / "recorder"
        folder.mkdir()
        online = world.server.folder / "keys" / "online"
        (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        for words in (["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                       folder / "key.pem", "-out", folder / "request.pem", "-subj", "/CN=127.0.0.1"],
                      ["x509", "-req", "-in", folder / "request.pem", "-CA", online / "ca.pem", "-CAkey", online / "ca.key",
                       "-set_serial", "4711", "-days", "30", "-extfile", folder / "names", "-out", folder / "cert.pem"]):
            subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
        chain = (folder / "cert.pem").read_text() + (online / "ca.pem").read_text()
        (folder / "cert.pem").write_text(chain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        context.load_verify_locations(online / "ca.pem")
        context.verify_mode = ssl.CERT_OPTIONAL
        recorder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                known = bool(self.connection.getpeercert())
                status, headers, answer = recorder.hand_on(self.command, self.path, dict(self.headers), body, known)
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                        self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def hand_on(self, method, path, headers, body, known):
        context = self.world.tls()
        if known:
            context.load_cert_chain(self.agent.folder / "identity.pem")
        connection = http.client.HTTPSConnection("127.0.0.1", self.world.server.port, context=context, timeout=60)
        passed = {name: value for name, value in headers.items() if name.lower() not in ("host", "connection")}
        connection.request(method, path, body=body or None, headers=passed)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        if path.startswith("/device/v1/") and "/artifacts/" not in path:
            with self.lock:
                message = {"method": method, "path": path, "status": response.status, "body": body.decode(),
                           "headers": {name: value for name, value in passed.items() if name.lower() != "content-length"}}
                same = [each for each in self.messages if each["path"] == path and each["status"] == response.status]
                if path.endswith("report") or len(same) < 2:
                    self.messages.append(message)
        return response.status, response.getheaders(), answer


def live(world):
    """What a fleet goes through: people, groups, devices, a release, a rollout that ends well and one that is open."""
    from oakum_world import CAMERA, GATEWAY, sbom, wait_until
    world.start("--certificate-days", "3650")
    world.post("/api/v1/users", {"name": "bert", "role": "approver", "password": PASSWORD})
    csv = world.folder / "fleet.csv"
    csv.write_text("serial,model,kind,site,owner,criticality,name\n" + "".join(
        f"CAM-{n:04},{CAMERA},camera,plant-{n % 3},line {n % 5},high,camera {n}\n" for n in range(40)), encoding="utf-8")
    world.oakum("device", "import", csv)
    world.oakum("group", "create", "--name", "Plant 1", "--query", 'site = "plant-1"')
    catalogue = {"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.08.21",
                 "dateReleased": "2026-08-21T00:00:00Z", "count": 1, "vulnerabilities": [
                     {"cveID": "CVE-2024-6387", "vendorProject": "OpenBSD", "product": "OpenSSH", "vulnerabilityName": "race",
                      "dateAdded": "2024-07-02", "shortDescription": "x", "requiredAction": "y", "dueDate": "2024-07-23",
                      "knownRansomwareCampaignUse": "Unknown", "notes": ""}]}
    (world.folder / "kev.json").write_text(json.dumps(catalogue))
    world.oakum("feed", "import", world.folder / "kev.json", json_output=False)
    agent = world.new_agent("GW-0001", GATEWAY)
    provisioned = agent.provision(world.image(GATEWAY, "1.4.2", payload_kib=1))
    assert provisioned.returncode == 0, provisioned.stderr
    recorder = Recorder(world, agent)
    token = world.enrolment(5)
    enrolled = agent.enroll(f"https://127.0.0.1:{recorder.port}", world.server.fingerprint, token)
    assert enrolled.returncode == 0, enrolled.stderr
    agent.configure(health__command="bin/health", packages="slot", health__interval_seconds=1, health__window_seconds=3,
                    spare_bytes=0, longest_backoff_seconds=2)
    agent.start()
    agent.id = wait_until("the device", lambda: world.device_id("GW-0001"))
    world.oakum("sbom", "attach", sbom(GATEWAY, "1.4.2"), "--model", GATEWAY, "--version", "1.4.2")
    new = world.release(GATEWAY, "1.5.0", world.image(GATEWAY, "1.5.0", payload_kib=1))
    done = world.roll_out(new["id"], name="spring")
    ended = world.wait_for_end(done["id"], agent)
    assert ended["state"] == "verified", ended
    wait_until("the rollout to settle", lambda: world.get(f"/api/v1/rollouts/{done['id']}")["state"] in ("settled", "finished"))
    cameras = world.release(CAMERA, "3.2.0", world.image(CAMERA, "3.2.0", payload_kib=1))
    world.roll_out(cameras["id"], name="cameras", query='site = "plant-1"')
    world.oakum("device", "hold", "CAM-0004", "--why", "it films the gate")
    world.wait_for_version(agent, "1.5.0")
    agent.end()
    agent.end_firmware()
    return agent, recorder, token


def expected(world, agent, token):
    verified = world.get("/api/v1/audit/verify")
    assert verified["ok"], verified
    return {"version": world.get("/api/v1/system")["version"],
            "devices": {each["serial"]: {name: each[name] for name in ("id", "model", "lifecycle", "site", "owner", "hold")}
                        for each in world.all("/api/v1/devices")},
            "running": world.device(agent)["running_version"], "agent": agent.id,
            "groups": [each["name"] for each in world.all("/api/v1/groups")],
            "releases": {each["id"]: [each["name"], each["version"], each["state"]] for each in world.all("/api/v1/releases")},
            "rollouts": {each["id"]: [each["name"], each["state"], each["totals"]["verified"]]
                         for each in world.all("/api/v1/rollouts")},
            "audit": {"records": verified["records"], "head": verified["head"]},
            "token": world.token, "enrolment": token, "person": "bert", "password": PASSWORD}


def main():
    programs, name = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    os.environ["OAKUM_BIN"] = str(programs)
    from oakum_world import World
    out = ROOT / "tests" / "data" / "releases" / f"{name}.tar.xz"
    assert not out.exists(), f"{out} is there already: a release is recorded once"
    out.parent.mkdir(parents=True, exist_ok=True)
    world = World("release")
    try:
        agent, recorder, token = live(world)
        facts = expected(world, agent, token)
        assert world.server.process.end() == 0
        (world.folder / "expected.json").write_text(json.dumps(facts, indent=1))
        (world.folder / "messages.json").write_text(json.dumps(recorder.messages, indent=1))
        shutil.rmtree(world.server.folder / "backups", ignore_errors=True)
        with tarfile.open(out, "w:xz", preset=9) as archive:
            def plain(member):
                member.uid = member.gid = 0
                member.uname = member.gname = ""
                return None if member.name in ("data/lock", "data/first-sign-in") else member
            for folder, stored in ((world.server.folder, "data"), (agent.folder, "agent")):
                archive.add(folder, stored, filter=plain)
            for file in ("expected.json", "messages.json"):
                archive.add(world.folder / file, file, filter=plain)
        print(f"{out}: {out.stat().st_size} bytes, {len(recorder.messages)} messages")
    finally:
        world.close(keep_logs=sys.exc_info()[0] is not None)


if __name__ == "__main__":
    main()
