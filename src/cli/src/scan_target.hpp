// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "advisories.hpp"

#include <base/result.hpp>

#include <component/component.hpp>
#include <stated/stated.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace oakum::cli {

// What a scan looks at.
struct Target {
    std::string path;
    std::string name;   // "router-image 2026.05", or the path
    std::string format; // "CycloneDX 1.6", "root file system"
    std::vector<component::Component> components;
    std::vector<component::Statement> statements;
    std::vector<std::string>
        notes; // what was left out of it, in sentences: it is not clean, it was not looked at
    sbom::References references{}; // how others call its parts
};

// A document of the user's, whole; unpacked where it is packed by gzip or zstd. Errors: not_found, too_large,
// corrupt.
base::Result<std::string> read_document(const std::string& path);

// An SBOM (CycloneDX, SPDX; also packed), or the folder of a root file system: os-release, the kernels of
// lib/modules and the packages of dpkg, apk and opkg. Symbolic links are not followed out of the folder.
// Errors: not_found (a folder in which none of these is), invalid, too_large.
base::Result<Target> read_target(const std::string& path);

// What others say about components: an OpenVEX or CSAF document, the analyses of a CycloneDX one, or what a
// build repaired (Yocto's cve-check, Buildroot's pkg-stats).
struct Vex {
    stated::Said said;
    Advisories of_products; // of a CSAF document
    std::size_t size() const { return said.size() + of_products.file.counts().rules; }
};
base::Result<Vex> read_vex(const std::string& path);
// Adds to the target what is said about it. How many statements are about something in it. Errors: too_large.
base::Result<std::size_t> apply(const Vex& vex, Target& target);

} // namespace oakum::cli
