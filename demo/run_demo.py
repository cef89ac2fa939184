#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole loop on this machine: real server, real agents, simulated and imported devices, real advisories.

    ./run demo [--exit] [--json FILE]
"""
import argparse
import atexit
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / "release" / "bin"
WORK = ROOT / "build" / "demo"
SITES = ["Hamburg plant", "Rotterdam terminal", "Austin office", "Pune plant"]
FEEDS = ["known_exploited_vulnerabilities.json.zst", "nvd.jsonl.zst", "cve5.jsonl.zst", "osv_android.jsonl.zst",
         "epss_scores.csv.zst", "ios_data_feed.json.zst"]
AGENTS = [("GW-%04d" % n, "AC-GW200", "1.4.2") for n in range(1, 6)] + [("CAM-%04d" % n, "AC-CAM40", "3.1.0") for n in range(1, 4)]
ILL = "GW-0003"          # its new firmware fails its health check there
CUT = "CAM-0002"         # loses its connection in the middle of the download
TAMPERED = "GW-0005"     # is offered an artifact that was altered on the server's disk
GROUP = '(model = AC-GW200 or model = AC-CAM40) and protocol = native'
started = time.monotonic()
children = []


def say(text):
    print(f"\n\033[1m[{int(time.monotonic() - started):4d} s] {text}\033[0m" if sys.stdout.isatty() else f"\n[{int(time.monotonic() - started):4d} s] {text}", flush=True)


def fail(text):
    print(f"demo: {text}\n      logs are in {WORK}", file=sys.stderr)
    sys.exit(1)


def spawn(name, *command):
    log = open(WORK / f"{name}.log", "ab")
    child = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    children.append((name, child))
    return child


def stop_children():
    for _, child in reversed(children):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 10
    for _, child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()


def wait_until(what, check, seconds):
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        for name, child in children:
            if child.poll() is not None:
                fail(f"{name} ended with {child.returncode} while waiting for {what}:\n" + (WORK / f"{name}.log").read_text(errors="replace")[-1500:])
        if time.monotonic() > deadline:
            fail(f"gave up waiting for {what} after {seconds} s")
        time.sleep(0.3)


class CuttingProxy:
    """Forwards TCP to the server, and cuts one connection once, in the middle of a large answer."""

    def __init__(self, port, after):
        self.target, self.after, self.cuts = port, after, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, True), daemon=True).start()

    def pump(self, source, sink, counted):
        passed = 0
        try:
            while data := source.recv(65536):
                passed += len(data)
                if counted and self.cuts == 0 and passed > self.after:
                    self.cuts += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Server:
    def __init__(self, port):
        web = ROOT / "web" / "dist"
        options = ["--web", web] if (web / "index.html").exists() else []
        spawn("oakumd", BIN / "oakumd", "--data", WORK / "data", "--listen", f"127.0.0.1:{port}", "--poll-seconds", "3", *options)
        log = WORK / "oakumd.log"
        wait_until("oakumd to be ready", lambda: "offline keys" in log.read_text(errors="replace"), 60)
        self.greeting = log.read_text(errors="replace")
        self.url = re.search(r"ready at (\S+)", self.greeting).group(1)
        self.port = int(self.url.rsplit(":", 1)[1])
        self.fingerprint = re.search(r"CA fingerprint\s+(\S+)", self.greeting).group(1)
        self.token = re.search(r"#token=(\S+)", self.greeting).group(1)
        self.environment = dict(os.environ, XDG_CONFIG_HOME=str(WORK / "config"), OAKUM_SERVER=self.url, OAKUM_CA_FINGERPRINT=self.fingerprint)
        for stale in ("OAKUM_TOKEN",):
            self.environment.pop(stale, None)

    def oakum(self, *words, check=True):
        done = subprocess.run([str(BIN / "oakum"), *map(str, words)], env=self.environment, capture_output=True, text=True, timeout=300)
        if check and done.returncode != 0:
            fail(f"oakum {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def ask(self, *words):
        return json.loads(self.oakum(*words, "-o", "json"))


def make_images():
    images = {}
    for line, model, version, ill in (("gateway", "AC-GW200", "1.4.2", None), ("gateway", "AC-GW200", "1.5.0", ILL),
                                      ("gateway", "AC-GW200", "1.5.1", None), ("camera", "AC-CAM40", "3.1.0", None), ("camera", "AC-CAM40", "3.2.0", None)):
        sbom = ROOT / "demo" / "firmware" / line / f"{version}.cdx.json"
        if version == "1.5.1":  # the same packages as 1.5.0, made anew: only to be tampered with
            document = json.loads((ROOT / "demo" / "firmware" / line / "1.5.0.cdx.json").read_text())
            document["metadata"]["component"]["version"] = version
            sbom = WORK / "gateway-1.5.1.cdx.json"
            sbom.write_text(json.dumps(document))
        image = WORK / f"{line}-{version}.tar"
        command = [sys.executable, ROOT / "tools" / "make_demo_firmware.py", sbom, "-o", image, "--payload-kib", "1536"]
        subprocess.run([str(part) for part in command + (["--ill", ill] if ill else [])], check=True, stdout=subprocess.DEVNULL)
        images[(model, version)] = (image, sbom)
    return images


def start_agent(server, serial, model, image, token, proxy=None):
    folder = WORK / "agents" / serial
    folder.mkdir(parents=True)
    token_file = folder / "token"
    token_file.write_text(token)
    token_file.chmod(0o600)
    agent = str(BIN / "oakum-agent")
    port = proxy.port if proxy else server.port
    for verb, *more in (("enroll", "--server", f"https://127.0.0.1:{port}", "--token-file", token_file, "--ca-fingerprint", server.fingerprint.replace(":", "").lower(),
                         "--model", model, "--serial", serial, "--hw-revision", "B"), ("provision", "--image", image)):
        done = subprocess.run([agent, verb, "--dir", str(folder), *map(str, more)], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            fail(f"oakum-agent {verb} for {serial}: {done.stderr.strip()}")
    token_file.unlink()
    site = SITES[int(serial[-4:]) % len(SITES)]
    with open(folder / "agent.conf", "a", encoding="utf-8") as conf:
        conf.write(f"\nhealth.interval_seconds = 1\nhealth.window_seconds = 8\nhealth.passes = 2\nhealth.failures = 3\nfact.site = {site}\n"
                   "longest_backoff_seconds = 3\n")
    spawn(f"agent-{serial}", agent, "run", "--dir", folder)


def device_of(server, serial):
    return server.ask("device", "list", "--query", f'serial = "{serial}"')[0]


def roll_out(server, name, release, query, waves):
    command = ["rollout", "create", "--name", name, "--release", release, "--query", query, "--soak", "2", "--step-timeout", "60", "--minimum", "5", "--unproven", "open", "--start",
               "--why", "demonstration"]
    for wave in waves:
        command += ["--wave", wave]
    return server.ask(*command)["id"]


def follow(server, rollouts, seconds):
    last = {}

    def look():
        over = True
        for rollout in rollouts:
            view = server.ask("rollout", "show", rollout)
            totals = view["totals"]
            line = (f"  {view['name']}: {view['state']}, wave {(view['open_wave'] or 0) + 1} of {view['waves_count']}; {totals['verified']} verified, {totals['pending']} under way, "
                    f"{totals['rolled_back']} fell back, {totals['failed']} failed, of {view['in_scope']}")
            if last.get(rollout) != line:
                print(line, flush=True)
                last[rollout] = line
            if view["state"] == "halted":
                fail(f"{view['name']} was halted: {view['state_reason']}")
            over = over and view["state"] in ("settled", "finished")
        return over

    wait_until("the rollouts to settle", look, seconds)


def main():
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exit", action="store_true", help="end with status 0 when everything was shown")
    parser.add_argument("--json", metavar="FILE", help="write the summary there")
    parser.add_argument("--devices", type=int, default=1000, help="simulated devices (default: 1000)")
    parser.add_argument("--port", type=int, default=8443, help="of the server (default: 8443, or a free one when it is taken)")
    arguments = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    atexit.register(stop_children)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", arguments.port)) == 0:
            arguments.port = 0

    say("1. oakumd starts on an empty folder: its own CA, keys and first administrator")
    images = make_images()
    server = Server(arguments.port)
    print(server.greeting.strip())
    if not arguments.exit:
        print("\n(The link above signs you in once; the demo signs in with another one.)")
    server.oakum("login", "--one-time", server.token)

    say("2. Real advisories from the snapshot in demo/data")
    for feed in FEEDS:
        print("  " + server.oakum("feed", "import", ROOT / "demo" / "data" / feed).strip(), flush=True)

    say("3. A fleet appears: 5,000 imported devices, 8 real agents, %d simulated ones" % arguments.devices)
    print(server.oakum("device", "import", ROOT / "demo" / "fleet.csv"))
    for (model, version), (image, sbom) in images.items():
        if version in ("1.4.2", "3.1.0"):
            server.oakum("sbom", "attach", sbom, "--model", model, "--version", version)
    edge = server.ask("group", "create", "--name", "edge", "--default", "owner=Edge team", "--default", "criticality=high", "--default", "exposure=internet")["id"]
    token = server.ask("enrolment", "create", "--label", "demo agents", "--group", edge, "--uses", str(len(AGENTS)), "--hours", "1")["secret"]
    proxy = CuttingProxy(server.port, 900_000)
    for serial, model, version in AGENTS:
        start_agent(server, serial, model, images[(model, version)][0], token, proxy if serial == CUT else None)
    print(f"  {len(AGENTS)} agents run, each with two slots of its own")
    sim_token = WORK / "sim-token"
    sim_token.write_text(server.ask("enrolment", "create", "--label", "demo simulator", "--uses", str(arguments.devices), "--hours", "1")["secret"])
    sim_token.chmod(0o600)
    site_options = [word for site in SITES for word in ("--site", site)]
    spawn("oakum-sim", BIN / "oakum-sim", "--server", f"127.0.0.1:{server.port}", "--ca-fingerprint", server.fingerprint, "--token-file", sim_token,
          "--devices", arguments.devices, "--seed", "7", "--fail-per-mille", "4", "--longest-poll", "3", "--install-seconds", "1", *site_options)
    expected = arguments.devices + len(AGENTS)
    wait_until("the fleet to enrol", lambda: "enrolled" in (WORK / "oakum-sim.log").read_text(errors="replace"), 240)
    wait_until("every device to report its version",
               lambda: server.ask("exposure", "show", "--query", GROUP)["assessed"] == expected, 120)
    print(f"  {expected} devices speak to the server over TLS, each with a certificate of its own")

    say("4. What is exposed to what, in order of risk, and what would remove most of it")
    print(server.oakum("status"))
    before, group_before = server.ask("exposure", "show"), server.ask("exposure", "show", "--query", GROUP)

    say("5. Fixed releases are signed, published and rolled out in waves")
    releases = {}
    for name, model, version in (("gateway", "AC-GW200", "1.5.0"), ("camera", "AC-CAM40", "3.2.0")):
        image, sbom = images[(model, version)]
        server.oakum("release", "create", "--name", name, "--version", version, "--artifact", image, "--model", model, "--sbom", sbom, "--publish")
        releases[name] = next(row for row in server.ask("release", "list") if row["name"] == name and row["version"] == version)
        print(f"  {name} {version}: fixes {releases[name]['fixes_count']}, brings {releases[name]['brings_count']}; signed")
    print()
    print(server.oakum("fix", "list", "--query", GROUP))
    rollouts = [roll_out(server, "gateways to 1.5.0", releases["gateway"]["id"], f'protocol = native and serial != {TAMPERED}', ["canary=5", "early=30", "rest=100"]),
                roll_out(server, "cameras to 3.2.0", releases["camera"]["id"], 'protocol = native', ["canary=5", "early=30", "rest=100"])]
    follow(server, rollouts, 420)

    say("   One more: an artifact that is altered on the server's disk after it was signed")
    image, sbom = images[("AC-GW200", "1.5.1")]
    server.oakum("release", "create", "--name", "gateway", "--version", "1.5.1", "--artifact", image, "--model", "AC-GW200", "--sbom", sbom, "--publish")
    tampered = next(row for row in server.ask("release", "list") if row["version"] == "1.5.1")
    digest = tampered["artifact"]["sha256"]
    stored = next(path for path in (WORK / "data" / "artifacts").rglob("*") if path.is_file() and (path.name == digest or path.parent.name + path.name == digest))
    stored.chmod(0o600)
    with open(stored, "r+b") as file:
        file.seek(700_000)
        byte = file.read(1)
        file.seek(700_000)
        file.write(bytes([byte[0] ^ 1]))
    slots = WORK / "agents" / TAMPERED / "slots"
    untouched = {path: path.stat().st_mtime_ns for path in slots.rglob("image.tar")}
    tampered_rollout = roll_out(server, "gateway 1.5.1, altered", tampered["id"], f"serial = {TAMPERED}", ["all=100"])

    def refused_now():
        rows = server.ask("rollout", "devices", tampered_rollout)
        return [row for row in rows if row["reason"] == "verification_failed"] or None

    refusal = wait_until("the agent to refuse the altered artifact", refused_now, 90)[0]
    if {path: path.stat().st_mtime_ns for path in slots.rglob("image.tar")} != untouched:
        fail("the altered artifact reached a slot")
    server.oakum("rollout", "abort", tampered_rollout, "--why", "the artifact was altered")
    print(f"  {TAMPERED} refused it before a slot was touched: {refusal['detail']}")

    say("6. The result")
    # Reads go on until the last verified devices told their version.
    deployments = [row for rollout in rollouts for row in server.ask("rollout", "devices", rollout, "--limit", "5000")]
    verified = sum(row["state"] == "verified" for row in deployments)
    rolled_back = [{"id": row["device"]["id"], "name": row["device"]["name"], "reason": row["reason"], "detail": row["detail"]} for row in deployments if row["state"] == "rolled_back"]
    resumed = sum(row["resumed"] for row in deployments)
    after, group_after = server.ask("exposure", "show"), server.ask("exposure", "show", "--query", GROUP)
    exploited = {model: [row for row in server.ask("device", "findings", next(device_of(server, serial)["id"] for serial, whose, _ in AGENTS if whose == model and serial not in (ILL, TAMPERED)),
                                                   "--state", "open", "--limit", "5000") if row["exploited"]] for model in ("AC-GW200", "AC-CAM40")}
    windows = server.ask("proof", "windows", "--query", f"serial = {AGENTS[0][0]}")
    closed = next(row["closed"] for row in windows["rows"] if row["class"] == "all")
    print(f"""
                                        before        after
  risk, whole fleet            {before['risk']:15,.1f} {after['risk']:12,.1f}
  risk, gateways and cameras   {group_before['risk']:15,.1f} {group_after['risk']:12,.1f}
  findings open, whole fleet   {before['findings_open']:15,} {after['findings_open']:12,}
  findings open, group         {group_before['findings_open']:15,} {group_after['findings_open']:12,}
  exposed to exploited, group  {group_before['exploited_open_devices']:15,} {group_after['exploited_open_devices']:12,}
""")
    print(f"{verified:,} devices are verified: each reported the new version after its restart and was healthy; that, and nothing else, closed their findings "
          f"({closed:,} on {AGENTS[0][0]} alone).")
    ours = {device_of(server, serial)["id"]: serial for serial in (ILL, CUT)}
    for row in rolled_back:
        if row["id"] in ours:
            print(f"{ours[row['id']]} fell back to its old slot by itself: {row['detail'].strip().splitlines()[0][:160]}")
    print(f"{len(rolled_back)} devices fell back in all; {resumed} download was taken up again after its connection was cut ({CUT}); 1 altered artifact was refused.")
    print(f"What remains open: {after['findings_open']:,} findings; {after['exposed']:,} devices are exposed, most of them phones and imported devices that only their vendor or MDM can update, "
          f"and for {after['cannot_tell']:,} devices it cannot be told, since they report no software.")
    for model, rows in exploited.items():
        for row in rows:
            part = row["component"]
            print(f"Still exploited on every updated {model}: {row['advisory']} in {part['name']} {part['version']}, which the new firmware brings along; "
                  f"{'the next one has to bring ' + row['fixed_in'] if row['fixed_in'] else 'no fixed version is known'}.")
    if not any(row["id"] in ours and ours[row["id"]] == ILL for row in rolled_back):
        fail(f"{ILL} should have fallen back")
    if proxy.cuts != 1 or resumed < 1:
        fail(f"{CUT} should have lost its connection once and resumed (cuts {proxy.cuts}, resumed {resumed})")
    if not group_after["risk"] < group_before["risk"]:
        fail("the risk of the group did not fall")
    seconds = int(time.monotonic() - started)
    if arguments.json:
        summary = {"devices": after["devices"], "findings_open_before": before["findings_open"], "findings_open_after": after["findings_open"],
                   "risk_before": before["risk"], "risk_after": after["risk"], "group_risk_before": group_before["risk"], "group_risk_after": group_after["risk"],
                   "verified": verified, "rolled_back": rolled_back, "refused": 1, "resumed": resumed, "seconds": seconds}
        pathlib.Path(arguments.json).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    print(f"""
Now with yours:
  oakum device import devices.csv                                  what you have, from a spreadsheet or an MDM's export
  oakum scan firmware.cdx.json --advisories demo/data              what an SBOM is exposed to, without any server
  oakum enrolment create --label lab --uses 1 --hours 24           let a device in; it prints what to run there
""", flush=True)
    if arguments.exit:
        return
    print(f"The dashboard is at {server.url}/ (sign in: {server.url}/sign-in; the CA is {WORK / 'data/keys/online/ca.pem'}).")
    print("  user demo, password for this demonstration: ", end="")
    password = "demo-" + os.urandom(6).hex()
    subprocess.run([str(BIN / "oakum"), "user", "create", "--name", "demo", "--role", "administrator", "--password-stdin"], input=password + "\n", text=True,
                   env=server.environment, check=True, stdout=subprocess.DEVNULL)
    print(password + "\nCtrl-C ends it.", flush=True)
    try:
        while all(child.poll() is None for _, child in children):
            time.sleep(1)
    except KeyboardInterrupt:
        print("\nstopping")


if __name__ == "__main__":
    main()
