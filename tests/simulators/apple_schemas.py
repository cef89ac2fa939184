# SPDX-License-Identifier: Apache-2.0
"""Holds messages to Apple's schemas (tests/data/apple/schemas.json): keys, types, what is required, what may stand there, and
since which iOS. What is wrong is told as sentences."""
import datetime
import json
import pathlib

KEPT = pathlib.Path(__file__).resolve().parent.parent / "data" / "apple" / "schemas.json"
SCHEMAS = json.loads(KEPT.read_text(encoding="utf-8"))
TYPES = {"string": str, "boolean": bool, "integer": int, "real": (int, float), "data": bytes, "array": list, "dictionary": dict,
         "date": datetime.datetime, "any": object}


def numbers(version):
    return tuple(int(part) for part in version.split(".") if part.isdigit())


class Device:
    """What rules hang on."""

    def __init__(self, version, by_user=False, supervised=False):
        self.version, self.by_user, self.supervised = version, by_user, supervised

    def may(self, rule):
        """Whether a key or message is for this device at all; the reason otherwise."""
        since = rule.get("ios", "4.0")
        if since == "n/a":
            return "is not for iOS"
        if numbers(since) > numbers(self.version):
            return f"is there since iOS {since}"
        if self.by_user and rule.get("user") == "forbidden":
            return "is forbidden where a user enrolled"
        return ""


def check_value(value, rule, device, at):
    kind = TYPES[rule["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return [f"{at} is a {type(value).__name__}, not a {rule['type']}"]
    wrong = []
    if "rangelist" in rule and value not in rule["rangelist"]:
        wrong.append(f"{at} is {value!r}, which is none of {rule['rangelist']}")
    if "range" in rule and not rule["range"].get("min", value) <= value <= rule["range"].get("max", value):
        wrong.append(f"{at} is {value}, outside {rule['range']}")
    if isinstance(value, list) and "items" in rule:
        for number, item in enumerate(value):
            wrong += check_value(item, rule["items"], device, f"{at}[{number}]")
            if "names" in rule:
                why = device.may(rule["names"][item]) if item in rule["names"] else "is no name that is known"
                wrong += [f"{at}[{number}] ({item}) {why}"] if why else []
    if isinstance(value, dict) and rule.get("keys"):
        wrong += check_keys(value, rule["keys"], device, at)
    return wrong


def check_keys(value, keys, device, at, also=()):
    wrong = []
    for name, held in value.items():
        if name in also:
            continue
        if name not in keys:
            wrong += [] if "ANY" in keys else [f"{at}.{name} is no key that is known"]
            continue
        why = device.may(keys[name])
        wrong += [f"{at}.{name} {why}"] if why else []
        wrong += check_value(held, keys[name], device, f"{at}.{name}")
    for name, rule in keys.items():
        # The one names a device, the other a user's enrolment of it.
        named = name in ("UDID", "EnrollmentID") and ("user" in rule) and (rule["user"] == "required") != device.by_user
        if rule.get("required") and name not in value and not device.may(rule) and not named:
            wrong.append(f"{at}.{name} is missing")
    return wrong


def check_command(message, device):
    """A command as it was sent."""
    wrong = check_keys(message, {"CommandUUID": {"type": "string", "required": True}, "Command": {"type": "dictionary", "required": True}},
                       device, "command")
    if wrong:
        return wrong
    kind = message["Command"].get("RequestType")
    rules = SCHEMAS["commands"].get(kind)
    if rules is None:
        return [f"{kind} is no command that is known"]
    why = device.may(rules)
    return ([f"{kind} {why}"] if why else []) + check_keys(message["Command"], rules.get("keys", {}), device, kind, also=("RequestType",))


def check_answer(kind, answer, device):
    rules = SCHEMAS["commands"][kind].get("answer", {})
    return check_keys(answer, rules, device, kind, also=("Status", "CommandUUID", "UDID", "EnrollmentID", "ErrorChain"))


def check_check_in(message, device):
    rules = SCHEMAS["check-ins"][message["MessageType"]]
    return check_keys(message, rules["keys"], device, message["MessageType"])


def check_declaration(declaration, device):
    wrong = check_keys(declaration, SCHEMAS["protocol"]["declaration"]["keys"], device, "declaration")
    if wrong:
        return wrong
    for name in ("Identifier", "ServerToken"):
        if len(declaration[name].encode()) > 64:
            wrong.append(f"declaration.{name} has more than 64 bytes")
    rules = SCHEMAS["declarations"].get(declaration["Type"])
    if rules is None:
        return wrong + [f"{declaration['Type']} is no declaration that is known"]
    why = device.may(rules)
    enrolment = "user" if device.by_user else "supervised" if device.supervised else "device"
    if enrolment not in rules.get("allowed-enrollments", [enrolment]):
        why = why or f"is not for an enrolment of the kind {enrolment}"
    wrong += [f"{declaration['Type']} {why}"] if why else []
    return wrong + check_keys(declaration["Payload"], rules["keys"], device, declaration["Type"])


def check_protocol(name, document, device):
    """An answer to tokens or declaration-items, or a status report."""
    wrong = check_keys(document, SCHEMAS["protocol"][name]["keys"], device, name)
    if name == "tokens" and not wrong:
        wrong = check_keys(document["SyncTokens"], {"Timestamp": {"type": "string", "required": True},
                                                    "DeclarationsToken": {"type": "string", "required": True}}, device, "SyncTokens")
    return wrong


def check_status_items(items, device, at=""):
    """`items`: by their dotted names."""
    wrong = []
    for name, value in items.items():
        rules = SCHEMAS["status"].get(name)
        if rules is None:
            wrong.append(f"{name} is no status item that is known")
            continue
        why = device.may(rules)
        wrong += [f"{name} {why}"] if why else []
        wrong += check_keys({name: value}, rules["keys"], device, at or "status")
    return wrong
