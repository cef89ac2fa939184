#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_reference.py [--check]: docs/reference from the sources: cli.md from what `oakum` and the other programs say of
themselves, query.md from what `oakum query fields` tells, api.md from openapi.json, configuration.md from the options of oakumd and the keys of agent.conf.

OAKUM_BIN names the folder of the programs (default: build/release/bin). With --check nothing is written: it fails when a
file is not what it would write."""
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("OAKUM_BIN", ROOT / "build" / "release" / "bin")).resolve()
NOTE = "<!-- Written by tools/make_reference.py from the sources; never by hand. -->\n"


def escaped(text):
    """Inside a cell of a table."""
    return text.replace("|", "\\|").replace("<", "&lt;")


# ---- the command lines

def run(program, *words):
    done = subprocess.run([str(BIN / program), *words], capture_output=True, text=True, timeout=60, check=False,
                          env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/nonexistent"})
    if done.returncode != 0:
        raise SystemExit(f"make_reference: {program} {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def help_of(program, *words):
    return run(program, *words, "--help")


def read_help(text):
    """The sentence, the usage, rows of (name, what) by the title of their part, and what stands below."""
    lines = text.rstrip().split("\n")
    found = {"about": lines[0], "usage": "", "parts": {}, "below": ""}
    part = None
    for line in lines[1:]:
        if line.startswith("Usage: "):
            found["usage"] = line.removeprefix("Usage: ")
        elif re.fullmatch(r"[A-Z][A-Za-z ]*:", line):
            part = found["parts"].setdefault(line[:-1], [])
        elif not line.strip():
            part = None if part is None or part else part
        elif part is not None and line.startswith("   ") and len(line) - len(line.lstrip()) > 20 and part:
            part[-1] = (part[-1][0], (part[-1][1] + " " + line.strip()).strip())
        elif part is not None and line.startswith("  "):
            name, _, what = line.strip().partition("  ")
            part.append((name, what.strip()))
        else:
            found["below"] += line + "\n"
    return found


def subcommands(found):
    return [name for name, _ in found["parts"].get("Subcommands", [])]


def table(rows, title):
    text = f"| {title} | what |\n|---|---|\n"
    for name, what in rows:
        text += f"| `{escaped(name)}` | {escaped(what)} |\n"
    return text + "\n"


def shown_options(found):
    return [(name, what) for part in ("Positionals", "Options") for name, what in found["parts"].get(part, [])
            if not name.startswith("-h,")]


def command(program, words, depth):
    found = read_help(help_of(program, *words))
    title = " ".join([program, *words])
    text = f"{'#' * depth} {title}\n\n{found['about'][:1].upper()}{found['about'][1:]}.\n\n".replace("..\n", ".\n").replace("?.\n", "?\n")
    inner = subcommands(found)
    if not inner:
        text += f"    {found['usage']}\n\n"
    if rows := shown_options(found):
        text += table(rows, "argument or option")
    for name in inner:
        text += command(program, [*words, name], min(depth + 1, 4))
    return text


def cli():
    top = read_help(help_of("oakum"))
    text = "# Command line\n\n" + NOTE + "\n`oakum` is what people work with; `oakumd` is the server, `oakum-agent` runs on " \
        "devices.\nEach also tells this itself: `oakum NOUN VERB --help`.\n\n"
    text += top["below"].strip().replace("\n", "  \n") + "\n\nThese options go with every command:\n\n"
    text += table(shown_options(top), "option")
    for name in subcommands(top):
        text += command("oakum", [name], 2)
    text += command("oakumd", [], 2)
    text += "## oakum-agent\n\n" + "".join(f"    {line}".rstrip() + "\n" for line in help_of("oakum-agent").rstrip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text)


# ---- the query language

QUERY_GRAMMAR = """
    query      = [ or ]                          an empty query asks for every device
    or         = and { "or" and }
    and        = unary { "and" unary }           and binds more tightly than or
    unary      = "not" unary | "(" or ")" | condition
    condition  = "exists" "(" field ")"
               | flag
               | "component" "(" name ")" [ comparison ]
               | field comparison
    comparison = ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value
               | [ "not" ] "in" ( value | "(" value { "," value } ")" )
    value      = word | "quoted" | 'quoted'      a trailing * matches any rest; \\* in quotes is the character
"""


def truths(rows):
    """Rows of (side, other side, both) as a table: one side down, the other across."""
    words = list(dict.fromkeys(row[0] for row in rows))
    joined = {(a, b): c for a, b, c in rows}
    text = "| | " + " | ".join(words) + " |\n" + "|---" * (len(words) + 1) + "|\n"
    return text + "".join(f"| **{a}** | " + " | ".join(joined[a, b] for b in words) + " |\n" for a in words) + "\n"


def query():
    told = json.loads(run("oakum", "query", "fields", "--output", "json"))
    limits = told["limits"]
    flags = ", ".join(f"`{each['name']}`" for each in told["fields"] if each["alone"] and "(" not in each["name"])
    text = "# Query language\n\n" + NOTE + """
One language asks for devices everywhere: in the dashboard's search, `oakum device list --query`, groups by query, the plan of a
rollout, the API's `query=`. `oakum query fields` tells the fields, `oakum device count --query` how many a query selects.

""" + "".join(f"    {each}\n" for each in ("model = AC-* and site = \"Plant 3\" and os_version < 2.4",
                                          "not kev and lifecycle = active",
                                          "component(\"busybox\") < 1.36 or finding = CVE-2024-6387",
                                          "address in 10.1.0.0/16 and exists(owner)",
                                          "overdue and criticality >= high and deployment != verified")) + f"""
## Grammar
{QUERY_GRAMMAR}
Flags are {flags}. Words and names are read without regard to upper and lower case, and so are values. A query has at
most {limits['characters']:,} characters, {limits['conditions']} conditions and {limits['levels']} levels of parentheses and `not`. An error names its column:

    modle = AC-200
    ^ there is no field 'modle'; did you mean 'model'?

## Fields

| field | values | asks | example |
|---|---|---|---|
"""
    for each in told["fields"]:
        words = ": " + (" < " if each["type"] == "scale" else ", ").join(each["words"]) if each["words"] else ""
        text += f"| `{each['name']}` | {each['type']}{escaped(words)} | {escaped(each['what'])} | `{each['example']}` |\n"
    text += """
`group`, facts and scales see what a device inherits from its groups. The query of a group itself sees only what the device has of
its own, so that groups cannot chase each other.

A list leaves retired devices out, unless the query names `lifecycle`.

## Values

| values | compared by | how they are written |
|---|---|---|
"""
    for each in told["types"]:
        by = "`=` `!=` `<` `<=` `>` `>=` `in`" if each["ordered"] else "`=` `!=` `in`"
        text += f"| {each['name']} | {by} | {escaped(each['meaning'])} |\n"
    text += """
## What is not known

A missing fact makes a comparison *unknown*, not false: `owner = anna` and `owner != anna` are both unknown of a device without an
owner. A query selects the devices of which it is *yes*; how many are unknown is counted beside them, so that nobody takes them for
clean. `exists(owner)` and `cannot_tell` are always yes or no. Conditions join by Kleene's logic:

`and`:

""" + truths(told["logic"]["and"]) + "`or`:\n\n" + truths(told["logic"]["or"]) + "`not`: " + \
        ", ".join(f"{a} becomes {b}" for a, b in told["logic"]["not"]) + """.

Unknown are also: `component(..)`, `finding`, `kev` and `overdue` of a device whose software was never reported; a version, number
or date that cannot be read; `finding`, `kev` and `overdue` where the verdict is *cannot tell*. An exposure that is not known
counts as the internet: `overdue` takes the shorter time then, until somebody tells (docs/deciding.md).

The figures of Home are queries: `kev`, `overdue`, `cannot_tell`; what is exposed at all is `exists(finding)`.
"""
    return text


# ---- the REST interface

def type_of(schema):
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "oneOf" in schema:
        return " or ".join(type_of(each) for each in schema["oneOf"])
    kind = schema.get("type", "any")
    kinds = kind if isinstance(kind, list) else [kind]
    text = " or ".join("list of " + type_of(schema["items"]) if each == "array" and "items" in schema else each for each in kinds)
    if "enum" in schema:
        text = ", ".join(f"`{each}`" for each in schema["enum"])
    return text


def limits_of(schema):
    said = []
    for key, words in (("minimum", "at least {}"), ("maximum", "at most {}"), ("minLength", "{} characters or more"),
                       ("maxLength", "{} characters at most")):
        if key in schema and not (key in ("minimum", "minLength") and schema[key] in (0, 1)):
            said.append(words.format(schema[key]))
    return "; ".join(said)


def described(schema):
    return "; ".join(filter(None, (schema.get("description", "").rstrip("."), limits_of(schema))))


def operation(path, method, found, document):
    text = f"### {method.upper()} {path}\n\n{found['summary']}."
    if "description" in found:
        text += " " + found["description"]
    permission = found.get("x-permission")
    text += " Open to everybody.\n\n" if permission in (None, "public") else f" Needs `{permission}`.\n\n"
    rows = []
    for each in found.get("parameters", []):
        if "$ref" in each:
            each = document["components"]["parameters"][each["$ref"].rsplit("/", 1)[-1]]
        rows.append((each, each.get("schema", {})))
    if rows:
        text += "| parameter | in | type | what |\n|---|---|---|---|\n"
        for each, schema in rows:
            what = "; ".join(filter(None, (each.get("description", "").rstrip("."), described(schema),
                                           "" if not each.get("required") else "needed")))
            text += f"| `{each['name']}` | {each['in']} | {type_of(schema)} | {escaped(what)} |\n"
        text += "\n"
    if body := found.get("requestBody"):
        kinds = ", ".join(f"`{kind}`" + (f" {type_of(each['schema'])}" if "$ref" in each.get("schema", {}) else "")
                          for kind, each in body["content"].items())
        limit = found.get("x-body-limit")
        text += f"Body: {kinds}" + (f", at most {limit:,} bytes" if limit else "") + ".\n\n"
    for status, answer in found["responses"].items():
        if status == "default":
            continue
        kinds = ", ".join(f"`{kind}`" + (f" {type_of(each['schema'])}" if "$ref" in each.get("schema", {}) else "")
                          for kind, each in answer.get("content", {}).items())
        text += f"Answer: {status}" + (f", {kinds}" if kinds else "") + ".\n\n"
    return text


def api():
    document = json.loads((ROOT / "src/protocols/api/openapi.json").read_text(encoding="utf-8"))
    text = "# REST interface\n\n" + NOTE + f"\n{document['info']['description']}\n\nThe same for programs: " \
        "`GET /api/v1/openapi.json`. Permissions by role: [people](../concepts.md#people).\n\n"
    for tag in document["tags"]:
        own = [(path, method, found) for path, methods in document["paths"].items() for method, found in methods.items()
               if tag["name"] in found["tags"]]
        if own:
            text += f"## {tag['name']}\n\n" + (tag["description"].rstrip(".") + ".\n\n" if tag.get("description") else "")
            for each in own:
                text += operation(*each, document)
    text += "## Values\n\n"
    for name, schema in sorted(document["components"]["schemas"].items()):
        if schema.get("description") == "One page.":
            continue
        text += f"### {name}\n\n" + (schema["description"].rstrip(".") + ".\n\n" if "description" in schema else "")
        if "properties" in schema:
            needed = set(schema.get("required", []))
            text += "| member | type | what |\n|---|---|---|\n"
            for member, each in schema["properties"].items():
                what = "; ".join(filter(None, (described(each), "" if member in needed else "may be missing")))
                text += f"| `{member}` | {type_of(each)} | {escaped(what)} |\n"
            text += "\n"
        else:
            text += type_of(schema) + "\n\n"
    return text


# ---- configuration

def agent_keys():
    """The table of apps/agent/README.md, held to the keys that the source reads."""
    told = (ROOT / "apps/agent/README.md").read_text(encoding="utf-8").split("## DIR/agent.conf", 1)[1]
    source = "".join((ROOT / "apps/agent" / name).read_text(encoding="utf-8") for name in ("config.cpp", "backend_config.cpp", "local_rules.cpp", "service_checks.cpp"))
    read = set(re.findall(r'key [!=]= "([a-z_.]+)"', source)) | {"fact.NAME", "health.metric.NAME", "slot.NAME"}
    named = set(re.findall(r"`([a-z_.]+(?:\.NAME)?)`", "\n".join(line.split("|")[1] for line in told.split("\n") if line.startswith("| `"))))
    if read != named:
        raise SystemExit(f"make_reference: apps/agent/README.md and what the agent's config reads differ: {sorted(read ^ named)}")
    return told.split("Tests:", 1)[0].strip()


def configuration():
    server = read_help(help_of("oakumd"))
    return "# Configuration\n\n" + NOTE + """
## The server

`oakumd` has options and no file: the package reads them from `OAKUMD_OPTIONS` in `/etc/default/oakumd`. Options that are "kept
for the next start" are settings of the store; everything else is said at each start.

""" + table(shown_options(server), "option") + """Where things are below `--data`: [architecture](../architecture.md).

## The command line

`oakum` reads the connection that `oakum login` made (`~/.config/oakum/connection.json`, mode 0600), the environment
(`OAKUM_SERVER`, `OAKUM_CA_FINGERPRINT`, `OAKUM_TOKEN`), and its options, the later over the earlier.

## The agent: DIR/agent.conf

""" + agent_keys() + "\n"


FILES = {"cli.md": cli, "query.md": query, "api.md": api, "configuration.md": configuration}


def main():
    check = "--check" in sys.argv[1:]
    folder = ROOT / "docs" / "reference"
    folder.mkdir(exist_ok=True)
    stale = []
    for name, write in FILES.items():
        text = write()
        file = folder / name
        if check:
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                stale.append(f"docs/reference/{name}")
        else:
            file.write_text(text, encoding="utf-8")
    if stale:
        raise SystemExit(f"stale: {', '.join(stale)}; python3 tools/make_reference.py writes them anew")


if __name__ == "__main__":
    main()
