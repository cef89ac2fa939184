#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_package_names.py PACKAGE_CPE_MAP.tsv NVD_VENDOR_PRODUCT.csv: writes src/domain/component/src/package_names_table.hpp.

The input has what Buildroot, OpenWrt and OpenEmbedded say in their packages' recipes of the CPE names of these packages
(source, package, version, cpe_part, cpe_vendor, cpe_product). Only these facts are taken: which package is which part, vendor and
product. Rows without a vendor are left out: another row of the same product has one, or nobody does. What NVD's dictionary does
not have finds nothing, and would make a package look assessed: it is left out, unless NVD's own name of it was looked up (JOINED).
Names that mean several things are left out too."""
import csv
import pathlib
import sys

ORDER = ("buildroot", "openwrt", "oe-core")

# What recipes say, and what NVD calls the same software. Both count where the dictionary has both.
JOINED = {
    ("acl_project", "acl"): [("xfs", "acl")],
    ("bzip2", "bzip2"): [("bzip", "bzip2")],
    ("darkhttpd_project", "darkhttpd"): [("unix4lyfe", "darkhttpd")],
    ("flex_project", "flex"): [("westes", "flex"), ("will_estes", "flex")],
    ("gnome", "libsoup3"): [("gnome", "libsoup")],
    ("gnu", "ncurses"): [("invisible-island", "ncurses"), ("ncurses_project", "ncurses")],
    ("gnupg", "gpgme"): [("gnu", "gpgme")],
    ("kjd", "idna"): [("kjd", "internationalized_domain_names_in_applications")],
    ("magic_wormhole_project", "magic_wormhole"): [("magic-wormhole_project", "magic_wormhole")],
    ("musicpd", "music_player_demon"): [("musicpd", "music_player_daemon")],
    ("pyca", "cryptography"): [("cryptography.io", "cryptography"), ("cryptography_project", "cryptography")],
    ("pyca", "pyopenssl"): [("pyopenssl", "pyopenssl"), ("pyopenssl_project", "pyopenssl"), ("jean-paul_calderone", "pyopenssl")],
    ("strace_project", "strace"): [("paul_kranenburg", "strace")],
}
# Packages and products that are other software elsewhere.
AMBIGUOUS_PACKAGES = ("common", "yaml")
AMBIGUOUS_PRODUCTS = ("tools",)


def cpe_value(text):
    """As in a formatted string: everything but letters, digits, '.', '-' and '_' is quoted."""
    plain = text.replace("\\", "").lower()
    return "".join(c if c.isalnum() or c in "._-" else "\\" + c for c in plain)


def place(row):
    return next(i for i, name in enumerate(ORDER) if row["source"].startswith(name))


def table(name, entries):
    lines = [f'constexpr Entry {name}[] = {{']
    for key in sorted(entries):
        value = " ".join(entries[key]).replace("\\", "\\\\")
        quoted = key.replace("\\", "\\\\")
        lines.append(f'    Entry{{"{quoted}", "{value}"}},')
    return lines + ["};", ""]


def names_of(row, dictionary):
    """(vendor, product), as CPE names write them, that are looked for: those that NVD knows."""
    own = (row["cpe_vendor"].replace("\\", "").lower(), row["cpe_product"].replace("\\", "").lower())
    if own in JOINED:  # records may still use the recipes' name
        return [tuple(map(cpe_value, name)) for name in [*JOINED[own], own]]
    own = tuple(map(cpe_value, own))
    return [own] if own in dictionary else []


def main():
    with open(sys.argv[2], encoding="utf-8", newline="") as listed:
        dictionary = {(row["vendor"], row["product"]) for row in csv.DictReader(listed)}
    unknown = [f"{vendor}:{product}" for names in JOINED.values() for vendor, product in names
               if (cpe_value(vendor), cpe_value(product)) not in dictionary]
    if unknown:
        sys.exit(f"JOINED has names that the dictionary does not know: {', '.join(unknown)}")
    rows = [r for r in csv.DictReader(open(sys.argv[1], encoding="utf-8"), delimiter="\t")
            if r["cpe_vendor"] not in ("", "*", "-") and r["cpe_product"] not in ("", "*", "-")
            and r["package"] != "linux-headers"]  # they have no code of the kernel that they name
    packages, products = {}, {}
    for row in sorted(rows, key=place):
        product = cpe_value(row["cpe_product"])
        for vendor, named in names_of(row, dictionary):
            key = f'{row["cpe_part"]}:{vendor}:{named}'
            if not vendor or not named:
                sys.exit(f'{row["package"]}: "{key}" has an empty field')
            for entries, name, left_out in ((packages, row["package"].lower(), AMBIGUOUS_PACKAGES), (products, product, AMBIGUOUS_PRODUCTS)):
                if name in left_out:
                    continue
                known = entries.setdefault(name, [])
                if key not in known:
                    known.append(key)
    out = ["// SPDX-License-Identifier: Apache-2.0", "#pragma once", "", "#include <string_view>", "",
           "// Made by tools/make_package_names.py from what Buildroot 2026.05.1, OpenWrt's packages (@0521bb56) and",
           "// OpenEmbedded-Core (@35a2c6ed) say of their packages' CPE names. Sorted; several names stand in the",
           "// order of those three.",
           "// clang-format off",
           "namespace oakum::component::table {", "", "struct Entry {", "    std::string_view name, keys;", "};", "",
           "// By the package's name."]
    out += table("packages", packages)
    out += ["// By the product, as a CPE name writes it."] + table("products", products)
    out += ["} // namespace oakum::component::table", ""]
    path = pathlib.Path(__file__).resolve().parent.parent / "src/domain/component/src/package_names_table.hpp"
    path.write_text("\n".join(out), encoding="utf-8")
    print(f"{path.name}: {len(packages)} packages, {len(products)} products")


if __name__ == "__main__":
    main()
