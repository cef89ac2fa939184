# SPDX-License-Identifier: Apache-2.0
"""Apple's phones and tablets as a management server sees them, on this machine: they enrol by a profile (SCEP, then check-ins),
sign what they say, answer commands, keep what is declared to them, report its status, and install what an enforcement of a
version asks of them, in a time of their own.

Every message that comes to them is held to Apple's schemas, as is every one that they send; what is wrong stands in `wrong`.
Built from those schemas, Python's plistlib and the package cryptography: no code is shared with the server.
"""
import base64
import datetime
import hashlib
import http.client
import json
import pathlib
import plistlib
import random
import ssl
import tempfile
import urllib.parse
import uuid
import zoneinfo

import apple_crypto as crypto
import apple_schemas as schemas

CHECK_IN, REPORT = "application/x-apple-aspen-mdm-checkin", "application/x-apple-aspen-mdm"
NEEDED_GB, NEEDED_BATTERY = 8.0, 0.3
NAMES = {"iPhone": "iPhone", "iPad": "iPad", "iPod": "iPod"}


class Refusal(Exception):
    """The server answered with another status than 200."""

    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status


def nested(items):
    """{"a.b": 1} as {"a": {"b": 1}}."""
    out = {}
    for name, value in items.items():
        at = out
        *path, last = name.split(".")
        for part in path:
            at = at.setdefault(part, {})
        at[last] = value
    return out


def version_key(version):
    return schemas.numbers(version.split(" ")[0])


class Phone:
    """One device. `offers` is what Apple offers to its model: version to build, changed by who plays Apple. `now` is its own
    clock (UTC, no zone). Faults are members: `locked` (it says NotNow), `battery`, `free_gb`, `never_restarts`, `knows` (commands
    that it can; None: all), `asleep` (it does not speak)."""

    def __init__(self, serial, product="iPhone16,1", version="26.3", build="23D127", supervised=True, offers=None, apps=(),
                 zone="Europe/Berlin", seed=None, udid=None, enrolment_id=None):
        self.dice = random.Random(seed if seed is not None else serial)
        self.serial, self.product, self.version, self.build = serial, product, version, build
        self.supervised, self.apps, self.zone = supervised, list(apps), zoneinfo.ZoneInfo(zone)
        self.udid = udid or f"{self.dice.getrandbits(32):08X}-{self.dice.getrandbits(64):016X}"
        self.enrolment_id = enrolment_id  # enrolled by an account: it names no hardware
        self.offers = {} if offers is None else offers
        self.now = datetime.datetime.utcnow().replace(microsecond=0)
        self.locked, self.never_restarts, self.asleep, self.knows = False, False, False, None
        self.battery, self.capacity_gb, self.free_gb = 0.8, 128.0, 40.0
        self.profile = self.key = self.certificate = None
        self.token, self.magic = self.dice.randbytes(32), str(uuid.UUID(int=self.dice.getrandbits(128)))
        self.wrong, self.asked, self.refused_by_server = [], [], []
        self.declared = Declared(self)
        self._context = None
        self._folder = tempfile.TemporaryDirectory(prefix="oakum-phone-")

    # ---- what it is to the schemas
    @property
    def kind(self):
        return schemas.Device(self.version, by_user=self.enrolment_id is not None, supervised=self.supervised)

    @property
    def who(self):
        return {"EnrollmentID": self.enrolment_id} if self.enrolment_id else {"UDID": self.udid}

    # ---- the profile
    def take(self, profile):
        """Its owner opened a .mobileconfig and installs it."""
        document = plistlib.loads(profile)
        content = {payload["PayloadType"]: payload for payload in document["PayloadContent"]}
        self.profile, self.mdm = document, content["com.apple.mdm"]
        scep = content["com.apple.security.scep"]
        for payload in (document, *document["PayloadContent"]):
            for key in ("PayloadIdentifier", "PayloadUUID", "PayloadVersion"):
                if key not in payload:
                    self.wrong.append(f"a payload of the profile without {key}")
        if self.mdm["IdentityCertificateUUID"] != scep["PayloadUUID"]:
            self.wrong.append("the management payload names another identity than the profile brings")
        if not self.mdm.get("SignMessage"):
            self.wrong.append("the profile does not ask for signed messages")
        root = content.get("com.apple.security.root")
        if root:
            held = pathlib.Path(self._folder.name) / "root.pem"
            held.write_text(ssl.DER_cert_to_PEM_cert(root["PayloadContent"]))
            self._context = ssl.create_default_context(cafile=str(held))
        else:
            self._context = ssl.create_default_context()
        return scep["PayloadContent"]

    def certify(self, payload, name=None, weak=False, key=None):
        address = urllib.parse.urlsplit(payload["URL"])
        wanted = next(pair[1] for [pair] in payload["Subject"] if pair[0] == "CN")
        name = name or wanted.replace("%HardwareUUID%", self.udid)

        def get(query):
            return self._send(address, "GET", query)[1]

        def post(query, body):
            return self._send(address, "POST", query, body, {"Content-Type": "application/x-pki-message"})[1]
        self.key, self.certificate = crypto.certificate_by_scep(get, post, payload, name, key=key, weak=weak)

    def enrol(self, profile, **how):
        self.certify(self.take(profile), **how)
        self.authenticate()
        self.update_token()
        return self

    # ---- speaking
    def _send(self, address, method, query="", body=None, headers=None):
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        more = {"context": self._context} if address.scheme == "https" else {}
        connection = kind(address.hostname, address.port, timeout=30, **more)
        try:
            connection.request(method, address.path + (f"?{query}" if query else ""), body=body, headers=headers or {})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise Refusal(answer.status, text.decode(errors="replace").strip())
        return answer.headers.get_content_type(), text

    def sign(self, body, **how):
        how = {"key": self.key, "certificate": self.certificate, "at": datetime.datetime.utcnow(), **how}
        return base64.b64encode(crypto.sign(body, **how)).decode()

    def put(self, message, kind, signature=None):
        """Sends a message as it is; the raw answer."""
        body = message if isinstance(message, bytes) else plistlib.dumps(message)
        where = self.mdm["CheckInURL" if kind == CHECK_IN and "CheckInURL" in self.mdm else "ServerURL"]
        self.last = (body, kind, signature or self.sign(body))
        return self.repeat(self.last)

    def repeat(self, message):
        """A message that was sent before, byte by byte."""
        body, kind, signature = message
        where = self.mdm["CheckInURL" if kind == CHECK_IN and "CheckInURL" in self.mdm else "ServerURL"]
        return self._send(urllib.parse.urlsplit(where), "PUT", "", body, {"Content-Type": kind, "Mdm-Signature": signature})[1]

    def check_in(self, kind, **more):
        message = {"MessageType": kind, **self.who, **more}
        self.wrong += schemas.check_check_in(message, self.kind)
        return self.put(message, CHECK_IN)

    def authenticate(self):
        more = {"OSVersion": self.version, "BuildVersion": self.build, "ProductName": self.product}
        if not self.enrolment_id:
            more["SerialNumber"] = self.serial
        self._silent(self.check_in("Authenticate", Topic=self.mdm["Topic"], **more))

    def update_token(self):
        self._silent(self.check_in("TokenUpdate", Topic=self.mdm["Topic"], Token=self.token, PushMagic=self.magic))

    def leave(self):
        """Its owner takes the profile out."""
        if self.mdm.get("CheckOutWhenRemoved"):
            self._silent(self.check_in("CheckOut", Topic=self.mdm["Topic"]))
        self.forget()

    def forget(self):
        self.profile, self.mdm = None, None
        self.declared = Declared(self)

    def _silent(self, answer):
        if answer:
            self.wrong.append(f"a check-in was answered with a body: {answer[:80]!r}")

    def poll(self, most=50):
        """One session: says that it is idle, and does what it is asked until nothing is left. What it was asked."""
        if self.asleep or not self.mdm:
            return []
        asked, said = [], {"Status": "Idle", **self.who}
        for _ in range(most):
            answer = self.put(said, REPORT)
            if not answer:
                return asked
            command = plistlib.loads(answer)
            self.wrong += schemas.check_command(command, self.kind)
            kind = command["Command"]["RequestType"]
            asked.append(kind)
            self.asked.append(kind)
            said = {"CommandUUID": command["CommandUUID"], **self.who, **self.does(kind, command["Command"])}
            if said["Status"] == "Acknowledged":
                self.wrong += schemas.check_answer(kind, said, self.kind)
            if kind == "RemoveProfile" and said["Status"] == "Acknowledged":
                self.put(said, REPORT)
                self.leave()
                return asked
        self.wrong.append(f"more than {most} commands in one session")
        return asked

    # ---- commands
    def does(self, kind, command):
        if self.locked:
            return {"Status": "NotNow"}
        if self.knows is not None and kind not in self.knows:
            return {"Status": "Error", "ErrorChain": [{"ErrorCode": 12021, "ErrorDomain": "MCMDMErrorDomain",
                                                       "LocalizedDescription": "Unbekannter Befehl", "USEnglishDescription": "Unknown command"}]}
        done = {"DeviceInformation": self._device_information, "SecurityInfo": self._security_info,
                "InstalledApplicationList": self._apps, "RemoveProfile": self._remove_profile,
                "DeclarativeManagement": self._declarative}[kind](command)
        return done if "Status" in done else {"Status": "Acknowledged", **done}

    def _device_information(self, command):
        known = {"UDID": self.udid, "SerialNumber": self.serial, "DeviceName": f"{NAMES.get(self.product[:4], 'iPhone')} {self.serial}",
                 "OSVersion": self.version, "BuildVersion": self.build, "ProductName": self.product, "ModelName": self.family,
                 "IsSupervised": self.supervised, "DeviceCapacity": self.capacity_gb, "AvailableDeviceCapacity": self.free_gb,
                 "BatteryLevel": self.battery, "SoftwareUpdateDeviceID": self.product.replace(",", "") + "AP", "TimeZone": str(self.zone),
                 "WiFiMAC": ":".join(f"{byte:02x}" for byte in hashlib.sha256(self.serial.encode()).digest()[:6])}
        if version_key(self.version) < (15,):
            del known["SoftwareUpdateDeviceID"]
        hidden = {"UDID", "SerialNumber", "WiFiMAC", "TimeZone"} if self.enrolment_id else set()
        return {"QueryResponses": {name: known[name] for name in command["Queries"] if name in known and name not in hidden}}

    def _security_info(self, _):
        told = {"HardwareEncryptionCaps": 3, "ManagementStatus": {"IsUserEnrollment": self.enrolment_id is not None}}
        if not self.enrolment_id:
            told["PasscodePresent"] = told["PasscodeCompliant"] = True
        return {"SecurityInfo": told}

    def _apps(self, command):
        wanted = set(command.get("Items") or ("Identifier", "Name", "ShortVersion", "Version")) | {"Identifier"}
        return {"InstalledApplicationList": [{key: value for key, value in app.items() if key in wanted} for app in self.apps]}

    def _remove_profile(self, command):
        if command["Identifier"] != self.profile["PayloadIdentifier"]:
            return {"Status": "Error", "ErrorChain": [{"ErrorCode": 12008, "ErrorDomain": "MCMDMErrorDomain",
                                                       "LocalizedDescription": "no such profile"}]}
        return {}

    def _declarative(self, command):
        self.declared.tokens_came(command.get("Data"))
        return {}

    @property
    def family(self):
        return next((name for begins, name in NAMES.items() if self.product.startswith(begins)), "iPhone")

    # ---- its own time
    def local(self):
        return self.now.replace(tzinfo=datetime.timezone.utc).astimezone(self.zone).replace(tzinfo=None)

    def lives(self, hours, step=1.0):
        """Time passes for it; it keeps what is declared, and speaks when something changed."""
        while hours > 0:
            self.now += datetime.timedelta(hours=min(step, hours))
            hours -= step
            self.declared.tick()
        return self


class Declared:
    """What is declared to a phone, and how it keeps it."""

    def __init__(self, phone):
        self.phone, self.on, self.token, self.held = phone, False, None, {}
        self.states, self.told, self.full_at = {}, {}, None
        self.state, self.failure, self.reason, self.pending = "none", {"count": 0}, [], None
        self._since = None

    def _ask(self, endpoint, data=None):
        more = {"Data": json.dumps(data).encode()} if data is not None else {}
        return self.phone.check_in("DeclarativeManagement", Endpoint=endpoint, **more)

    def tokens_came(self, data):
        self.on = True
        tokens = json.loads(data) if data else json.loads(self._ask("tokens"))
        self.phone.wrong += schemas.check_protocol("tokens", tokens, self.phone.kind)
        if tokens["SyncTokens"]["DeclarationsToken"] != self.token:
            self.sync()

    def sync(self):
        """As real devices do: what there is, then what of that is new, then the status."""
        items = json.loads(self._ask("declaration-items"))
        self.phone.wrong += schemas.check_protocol("declaration-items", items, self.phone.kind)
        kinds = {"Activations": "activation", "Configurations": "configuration", "Assets": "asset", "Management": "management"}
        there = {}
        for list_name, kind in kinds.items():
            for item in items["Declarations"][list_name]:
                there[item["Identifier"]] = (kind, item["ServerToken"])
        for name in set(self.held) - set(there):
            del self.held[name]
        for name, (kind, token) in there.items():
            if name in self.held and self.held[name]["ServerToken"] == token:
                continue
            declaration = json.loads(self._ask(f"declaration/{kind}/{name}"))
            self.phone.wrong += schemas.check_declaration(declaration, self.phone.kind)
            if (declaration["Identifier"], declaration["ServerToken"]) != (name, token):
                self.phone.wrong.append(f"the declaration {name} is not the one that was listed")
            self.held[name] = declaration
        self.token = items["DeclarationsToken"]
        self.tick(report=False)
        self.report()

    # ---- keeping it
    def active(self):
        """Configurations that an activation names."""
        names = set()
        for declaration in self.held.values():
            if declaration["Type"] == "com.apple.activation.simple":
                if "Predicate" in declaration["Payload"]:
                    self.phone.wrong.append("a predicate, which this phone cannot evaluate")
                names |= set(declaration["Payload"]["StandardConfigurations"])
        return {name: self.held[name] for name in names if name in self.held}

    def enforced(self):
        """The newest version that has to be installed, with its deadline on the phone's own clock; None: nothing has."""
        wanted = None
        for declaration in self.active().values():
            if declaration["Type"] != "com.apple.configuration.softwareupdate.enforcement.specific":
                continue
            payload = declaration["Payload"]
            deadline = datetime.datetime.strptime(payload["TargetLocalDateTime"], "%Y-%m-%dT%H:%M:%S")
            version = self.best(payload["TargetOSVersion"])
            if version and version_key(version) > version_key(self.phone.version):
                if wanted is None or version_key(version) > version_key(wanted[0]):
                    wanted = (version, deadline, declaration["Identifier"])
        return wanted

    def best(self, target):
        """"26.6" is the newest 26.6.x that the model is offered, "26.6.1" that one; None: it is not offered."""
        fits = [version for version in self.phone.offers if version == target or (target.count(".") == 1 and version.startswith(target + "."))]
        return max(fits, key=version_key, default=None)

    def _fail(self, reason):
        if self.state != "failed" or self.failure.get("reason") != reason:
            self.failure = {"count": self.failure["count"] + 1, "reason": reason, "timestamp": self.phone.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
        self.state = "failed"

    def tick(self, report=True):
        """What its own updater does by now."""
        phone, wanted = self.phone, self.enforced()
        if wanted is None:
            self.state, self.pending, self._since, self.failure = "none", None, None, {"count": 0}
        else:
            version, deadline, name = wanted
            if self.pending != version:
                self.pending, self.state, self._since = version, "downloading", phone.now
                self.failure = {"count": 0}
            self.reason = ["declaration", name]
            if phone.free_gb < NEEDED_GB:
                self._fail("there is not enough free space")
            elif self.state in ("downloading", "failed") and phone.now - self._since >= datetime.timedelta(hours=1):
                self.state = "prepared"
            if self.state in ("prepared", "installing") and phone.local() >= deadline:
                if phone.battery < NEEDED_BATTERY:
                    self._fail("the battery is too low")
                elif phone.never_restarts:
                    self.state = "installing"
                else:
                    phone.build, phone.version = phone.offers[version], version
                    self.state, self.pending, self._since, self.failure = "none", None, None, {"count": 0}
        if self.on and report and not phone.asleep and phone.mdm:
            self.report()

    # ---- status
    def _one(self, declaration, active):
        phone, kind = self.phone, declaration["Type"]
        one = {"identifier": declaration["Identifier"], "server-token": declaration["ServerToken"], "active": active, "valid": "valid"}
        if kind not in schemas.SCHEMAS["declarations"]:
            one |= {"active": False, "valid": "invalid", "reasons": [{"code": "Error.UnknownDeclarationType", "description": kind, "details": {}}]}
        elif schemas.check_declaration(declaration, phone.kind):
            one |= {"active": False, "valid": "invalid", "reasons": [
                {"code": "Error.ConfigurationNotSupported", "description": "it is not for this device", "details": {}}]}
        return one

    def items(self):
        active = set(self.active())
        lists = {"activations": [], "configurations": [], "assets": [], "management": []}
        for name, declaration in sorted(self.held.items()):
            is_activation = declaration["Type"].startswith("com.apple.activation.")
            lists["activations" if is_activation else "configurations"].append(self._one(declaration, is_activation or name in active))
        known = {
            "device.operating-system.version": self.phone.version, "device.operating-system.build-version": self.phone.build,
            "device.operating-system.supplemental.extra-version": "", "device.operating-system.supplemental.build-version": self.phone.build,
            "device.model.family": self.phone.family, "device.model.identifier": self.phone.product,
            "softwareupdate.install-state": self.state, "softwareupdate.failure-reason": self.failure,
            "softwareupdate.pending-version": {"os-version": self.pending or "", "build-version": self.phone.offers.get(self.pending, "")},
            "softwareupdate.install-reason": {"reason": [self.reason[0]], "declaration-id": self.reason[1]} if self.reason else {"reason": []},
            "softwareupdate.device-id": self.phone.product.replace(",", "") + "AP",
            "management.declarations": lists,
        }
        wanted = {"management.declarations"}
        for declaration in self.active().values():
            if declaration["Type"] == "com.apple.configuration.management.status-subscriptions":
                wanted |= {item["Name"] for item in declaration["Payload"]["StatusItems"]}
        for name in wanted - set(known):
            self.phone.wrong.append(f"a subscription to {name}, which this phone does not tell")
        return {name: known[name] for name in wanted & set(known)}

    def report(self):
        items, full = self.items(), self.full_at is None or self.phone.now - self.full_at >= datetime.timedelta(hours=24)
        fresh = items if full else {name: value for name, value in items.items() if self.told.get(name) != value}
        if not fresh:
            return
        self.phone.wrong += schemas.check_status_items(fresh, self.phone.kind)
        document = {"StatusItems": nested(fresh), "Errors": [], **({"FullReport": True} if full and version_key(self.phone.version) >= (17,) else {})}
        self.phone.wrong += schemas.check_protocol("status", document, self.phone.kind)
        self.phone._silent(self._ask("status", document))
        self.told = dict(items)
        if full:
            self.full_at = self.phone.now
