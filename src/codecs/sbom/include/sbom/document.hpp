// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <component/component.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace oakum::sbom {

// How other documents call what is in this one: BOM-Link, "urn:cdx:SERIAL/VERSION#REFERENCE".
struct References {
    std::string link; // "urn:cdx:SERIAL/VERSION"; empty: it has no serial number
    // Whom a statement about a reference is about; of the thing itself the component's name is empty.
    std::unordered_map<std::string, component::Statement> named;
};

// Versions that an entry of an analysis is about.
struct AnalysedVersion {
    std::string version, range; // one of them; a range as "vers:npm/>=1.0|<2.0"
    std::string status;         // "affected", "unaffected", "unknown"; empty: not stated
};

// What is said of something in another CycloneDX document.
struct Linked {
    std::string link;               // of that document; empty: the reference is a package URL
    std::string reference;          // as written there; empty: the whole document
    component::Statement statement; // names no component
    std::vector<AnalysedVersion> versions;
};

// Whether an analysis of that status that lists these versions is about this one. What lists none is about
// every one. It clears only versions that it names, and does not call affected in the same breath.
bool is_about(std::span<const AnalysedVersion> versions, component::StatementStatus status,
              std::string_view version, std::string_view purl);

// Without the escapes of a URL ("%40"); as it is where one of them is none.
std::string unescaped(std::string_view text);

// What an SBOM says is in the thing that it describes.
struct SbomDocument {
    std::string name;    // of the thing described; empty when not stated
    std::string version; // of the thing described; empty when not stated
    std::string format;  // "CycloneDX 1.6", "SPDX-2.3"
    // SHA-256 (hex) of the file that it describes, where it states one; of SPDX 2 in JSON and of CycloneDX.
    std::vector<std::string> files;
    std::vector<component::Component> components; // in the order stated, without repetitions
    std::vector<component::Statement> statements;
    References references;             // of CycloneDX
    std::vector<Linked> linked;        // what it says of things in other documents; each is warned of too
    std::vector<std::string> warnings; // what was left out and where: the first 100
    std::uint64_t warned = 0;          // how many there were
};

struct Limits {
    std::size_t max_bytes = 64UL * 1024 * 1024;
    std::size_t max_components = 200'000; // nested ones and left-out ones included
    std::size_t max_statements = 200'000;
};

// CycloneDX 1.x (made for 1.4 to 1.6) in JSON and XML, SPDX 2.x (made for 2.3) and 3.0 in JSON, SPDX 2 also
// as lines of tags and values; unpacked.
//
// Only what is delivered counts: CycloneDX components of scope "excluded", Buildroot's host tools, hardware,
// and data and files without an identifier are left out with a warning. An identifier that cannot be read is
// dropped with a warning, its component stays. Of SPDX 3 packages whose purpose is source, test, data and the
// like are left out, and the packages of one kernel are one component. Of several CPE names of one package
// the first counts. Of a vulnerability's analysis only what names components of this document counts; without
// any it is said of the whole. Errors: invalid (with place), too_large.
base::Result<SbomDocument> parse(std::string_view text, const Limits& limits = {});

} // namespace oakum::sbom
