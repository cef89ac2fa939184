#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_package_names.py PACKAGE_CPE_MAP.tsv: writes src/domain/component/src/package_names_table.hpp.

The input has what Buildroot, OpenWrt and OpenEmbedded say in their packages' recipes of the CPE names of these packages
(source, package, version, cpe_part, cpe_vendor, cpe_product). Only these facts are taken: which package is which part, vendor and
product. Rows without a vendor are left out: another row of the same product has one, or nobody does."""
import csv
import pathlib
import sys

ORDER = ("buildroot", "openwrt", "oe-core")


def cpe_value(text):
    """As in a formatted string: everything but letters, digits, '.', '-' and '_' is quoted."""
    plain = text.replace("\\", "").lower()
    return "".join(c if c.isalnum() or c in "._-" else "\\" + c for c in plain)


def place(row):
    return next(i for i, name in enumerate(ORDER) if row["source"].startswith(name))


def table(name, entries):
    lines = [f'constexpr std::array {name}{{']
    for key in sorted(entries):
        value = " ".join(entries[key]).replace("\\", "\\\\")
        quoted = key.replace("\\", "\\\\")
        lines.append(f'    Entry{{"{quoted}", "{value}"}},')
    return lines + ["};", ""]


def main():
    rows = [r for r in csv.DictReader(open(sys.argv[1], encoding="utf-8"), delimiter="\t")
            if r["cpe_vendor"] not in ("", "*", "-") and r["cpe_product"] not in ("", "*", "-")
            and r["package"] != "linux-headers"]  # they have no code of the kernel that they name
    packages, products = {}, {}
    for row in sorted(rows, key=place):
        product = cpe_value(row["cpe_product"])
        key = f'{row["cpe_part"]}:{cpe_value(row["cpe_vendor"])}:{product}'
        for entries, name in ((packages, row["package"].lower()), (products, product)):
            known = entries.setdefault(name, [])
            if key not in known:
                known.append(key)
    out = ["// SPDX-License-Identifier: Apache-2.0", "#pragma once", "", "#include <array>", "#include <string_view>", "",
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
