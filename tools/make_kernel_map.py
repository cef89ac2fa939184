#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_kernel_map.py TREE OUT: which options of a kernel's configuration a source file is compiled for.

Reads the makefiles of a Linux source tree and writes a line for each folder and file that depends on an option:

    net/ipv6/<TAB>IPV6
    net/ipv4/cipso_ipv4.c<TAB>NETLABEL
    drivers/net/phy/sfp.c<TAB>SFP|PHYLINK&SFP_BUS

A folder's line ends with '/', and what it says holds for all that lies in it. '|' parts the ways in which a file gets into the
kernel, '&' the options that one way needs; '?' stands where that cannot be told: for files that another folder's makefile
compiles, and for those that other files include. What stands inside of ifdef, or in a form that is not read here, has no line of its own: it is compiled at most when its
folder is."""
import pathlib
import re
import sys

ARCHITECTURES = {"alpha": "ALPHA", "arc": "ARC", "arm": "ARM", "arm64": "ARM64", "csky": "CSKY", "hexagon": "HEXAGON", "ia64": "IA64",
                 "loongarch": "LOONGARCH", "m68k": "M68K", "microblaze": "MICROBLAZE", "mips": "MIPS", "nios2": "NIOS2",
                 "openrisc": "OPENRISC", "parisc": "PARISC", "powerpc": "PPC", "riscv": "RISCV", "s390": "S390", "sh": "SUPERH",
                 "sparc": "SPARC", "um": "UML", "x86": "X86", "xtensa": "XTENSA"}
ASSIGNMENT = re.compile(r"^([\w./-]+?)-(?:\$\(CONFIG_(\w+)\)|\$\(subst m,y,\$\(CONFIG_(\w+)\)\)|(y|m|objs))\s*[:+]?=\s*(.*)$")
UNSURE = None  # a condition that is not understood
MOST = 6       # ways that are written down; a file with more says nothing


def lines_of(makefile):
    text = makefile.read_text(errors="replace").replace("\\\n", " ")
    for line in text.splitlines():
        yield line.split("#")[0].strip()


def read(makefile):
    """[(target, option or "", [values], sure)] of one makefile; target "obj" or a composite's name."""
    depth, out = 0, []
    for line in lines_of(makefile):
        if re.match(r"(ifdef|ifndef|ifeq|ifneq)\b", line):
            depth += 1
        elif re.match(r"endif\b", line):
            depth -= 1
        elif found := ASSIGNMENT.match(line):
            target, option, other, _, values = found.groups()
            out.append((target, option or other or "", values.split(), depth == 0))
        elif found := re.match(r"^([\w./-]+)-(?:\$\(.*\)|\w+)\s*[:+]?=\s*(.*)$", line):
            out.append((found[1], "", found[2].split(), False))
    return out


class Map:
    def __init__(self, tree):
        self.tree = tree
        self.folders = {}  # "net/ipv6/": {frozenset of options} or UNSURE
        self.files = {}
        self.astray = set()  # files that another folder's makefile names, or that another file includes

    def note(self, table, path, ways):
        if path in table and (table[path] is UNSURE or ways is UNSURE):
            table[path] = UNSURE
        elif ways is UNSURE:
            table[path] = UNSURE
        else:
            table.setdefault(path, set()).update(ways)

    def folder(self, folder):
        makefile = next((folder / name for name in ("Kbuild", "Makefile") if (folder / name).exists()), None)
        if makefile is None:
            return
        rules = read(makefile)
        here = folder.relative_to(self.tree).as_posix() + "/"
        here = "" if here == "./" else here
        composites = {}
        for target, option, values, sure in rules:
            if target not in ("obj", "lib", "core", "drivers", "libs", "net", "always", "hostprogs", "subdir"):
                composites.setdefault(target, []).append((option, values, sure))
        for target, option, values, sure in rules:
            if target not in ("obj", "lib"):
                continue
            way = frozenset([option]) if option else frozenset()
            for value in values:
                if value.endswith("/") and re.fullmatch(r"[\w./-]+", value) and not value.startswith("."):
                    self.note(self.folders, here + value, {way} if sure else UNSURE)
                elif value.endswith(".o") and re.fullmatch(r"[\w./-]+", value):
                    self.object(here, value[:-2], {way} if sure else UNSURE, composites, 0)

    def object(self, here, name, ways, composites, depth):
        path = (self.tree / here / name).resolve()
        try:
            path = path.relative_to(self.tree.resolve()).as_posix()
        except ValueError:
            return
        if not path.startswith(here):
            self.astray.add(path + ".c")
            return
        if name not in composites or depth > 4:
            self.note(self.files, path + ".c", ways)
            return
        for option, values, sure in composites[name]:
            for value in values:
                if value.endswith(".o") and re.fullmatch(r"[\w./-]+", value):
                    inner = {way | {option} if option else way for way in ways} if ways is not UNSURE and sure else UNSURE
                    if value[:-2] == name:
                        self.note(self.files, path + ".c", inner)
                    else:
                        self.object(here, value[:-2], inner, composites, depth + 1)

    def included(self):
        root = self.tree.resolve()
        for source in self.tree.rglob("*"):
            if source.suffix not in (".c", ".h", ".S"):
                continue
            for name in re.findall(r'^\s*#\s*include\s+[<"]([^">]+\.c)[">]', source.read_text(errors="replace"), re.M):
                for folder in (source.parent, self.tree, self.tree / "include"):
                    path = (folder / name).resolve()
                    if path.is_file() and path.is_relative_to(root):
                        self.astray.add(path.relative_to(root).as_posix())
                        break

    def rows(self):
        for path in self.astray:
            yield path, "?"
        for table in (self.folders, self.files):
            for path, ways in table.items():
                if path in self.astray:
                    continue
                if ways is UNSURE or not ways or frozenset() in ways or len(ways) > MOST:
                    continue
                least = [way for way in ways if not any(other < way for other in ways)]
                yield path, "|".join(sorted("&".join(sorted(way)) for way in least))
        for name, option in ARCHITECTURES.items():
            yield f"arch/{name}/", option


def main(tree, out):
    tree = pathlib.Path(tree)
    made = Map(tree)
    for folder in sorted({path.parent for path in tree.rglob("*") if path.name in ("Makefile", "Kbuild")}):
        first = folder.relative_to(tree).parts[:1]
        if first and first[0] in ("tools", "Documentation", "scripts", "samples"):
            continue
        made.folder(folder)
    made.included()
    head = dict(re.findall(r"^(VERSION|PATCHLEVEL|SUBLEVEL) = (\d+)", (tree / "Makefile").read_text(), re.M))
    rows = sorted(made.rows())
    with open(out, "w", encoding="utf-8") as file:
        file.write(f"# Linux {head['VERSION']}.{head['PATCHLEVEL']}\n")
        file.writelines(f"{path}\t{option}\n" for path, option in rows)
    print(len(rows), "lines")


if __name__ == "__main__":
    main(*sys.argv[1:])
