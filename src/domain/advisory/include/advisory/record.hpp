// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <component/component.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// An advisory as one source states it, after its codec and before it is compiled. Text fields are as
// published; versions stay text until a statement's scheme reads them.
namespace oakum::advisory {

// debian: the security tracker of Debian. alpine: secdb. csaf, openvex, cyclonedx: what makers state. own: a
// notice of this house.
enum class Source : std::uint8_t { nvd, cve5, osv, apple, debian, alpine, csaf, openvex, cyclonedx, own };
inline constexpr Source last_source = Source::own;
std::string_view to_string(Source source);

// NVD CVE API 2.0 "configurations" (facts/advisories.md 2.1). A configuration is OR-ed with its siblings.
struct CpeMatch {
    bool vulnerable = true;
    std::string criteria; // CPE 2.3 formatted string
    std::optional<std::string> start_including, start_excluding, end_including, end_excluding;
};
struct CpeNode {
    bool all = false; // AND; otherwise OR
    bool negate = false;
    std::vector<CpeMatch> matches;
};
struct CpeConfiguration {
    bool all = false;
    bool negate = false;
    std::vector<CpeNode> nodes;
};

// CVE Record v5 "affected" block (2.2): status = default, then the last entry whose range holds, then its
// changes.
enum class Status : std::uint8_t { affected, unaffected, unknown };
struct VersionChange {
    std::string at;
    Status status = Status::unaffected;
};
struct VersionEntry {
    std::string version;
    Status status = Status::affected;
    std::string version_type; // "semver", "git", "custom", ... or empty
    std::optional<std::string> less_than, less_than_or_equal;
    std::vector<VersionChange> changes;
};
struct ProductStatement {
    std::string vendor, product, package_name, collection_url, package_url;
    std::vector<std::string> cpes, platforms, program_files;
    Status default_status = Status::unknown;
    std::vector<VersionEntry> versions;
};

// OSV "affected" entry (2.3).
enum class RangeType : std::uint8_t { semver, ecosystem, git };
struct RangeEvent {
    enum class Kind : std::uint8_t { introduced, fixed, last_affected, limit } kind = Kind::introduced;
    std::string version;
};
struct PackageRange {
    RangeType type = RangeType::ecosystem;
    std::vector<RangeEvent> events;
};
struct PackageStatement {
    std::string ecosystem; // "Debian:12", "Android", "Alpine:v3.20", "PyPI"
    std::string name;
    std::string purl;
    std::vector<PackageRange> ranges;
    std::vector<std::string> versions;
    std::string patch_level; // Android: ecosystem_specific.spl
    // What holds for the versions above. unaffected: no version of this release has the fault, and none is
    // named. unknown: its source has not determined it.
    Status status = Status::affected;
    bool harmless = false; // its source sees no harm in it ("unimportant")
    bool partial = false;  // its source does not speak of every package of the release
    std::string note{};    // what its source adds, for people
};

// What a maker states of a product of its own: of the versions named, or of every one when none is.
struct MakerStatement {
    component::StatementStatus status = component::StatementStatus::under_investigation;
    std::string vendor, product;        // both or neither
    std::string purl;                   // of one version when it names one
    std::vector<std::string> cpes;      // their versions are among those named
    std::vector<VersionEntry> versions; // their status is not used
    std::string fixed_in;               // may be empty
    std::string reason;                 // in the maker's words
};

// Apple (4 of facts/mobile.md): one release of one product that fixes the record's CVEs.
struct AppleRelease {
    std::string product; // "ios", "ipados", "macos", "tvos", "watchos", "visionos"
    std::string version; // the release that fixes
    std::string build;
    base::TimePoint released{};
    std::vector<std::string> supported_devices; // "iPhone16,1"; empty: not stated
    bool uncertain = false; // it fixes this version or a later one, and which cannot be told
};

// A notice of our own: versions of a package, or of a component, firmware or app by its name.
struct NamedStatement {
    std::string purl; // without a version; empty: the name counts
    std::string name;
    std::string scheme; // as version::to_string writes it
    std::vector<RangeEvent> events;
};

using Applicability = std::variant<CpeConfiguration, ProductStatement, PackageStatement, AppleRelease,
                                   MakerStatement, NamedStatement>;

struct CvssVector {
    std::string source; // "nvd@nist.gov", "cna", "cisa-adp"
    std::string vector; // "CVSS:3.1/AV:N/..." or a v2 vector "AV:N/AC:L/..."
    double base_score = 0;
};

// CISA coordinator decision points; lower case ("active", "yes", "total"), empty when not stated.
struct SsvcPoints {
    std::string exploitation, automatable, technical_impact;
};

struct Record {
    Source source = Source::nvd;
    std::string id; // CVE-..., GHSA-..., ASB-A-..., what the source calls it
    // Where a source has a record of one id for each of its parts: the part (a package, a document). Records
    // of other parts stand beside this one.
    std::string part;
    std::string publisher;            // whose ids these are, where a source carries those of several (CSAF)
    std::vector<std::string> aliases; // other ids of the same vulnerability (never "related")
    // CVE ids that a distribution's erratum fixes together (RLSA, ALSA, DSA: OSV's "upstream", or "related"
    // of such records); each is judged by this record's statements.
    std::vector<std::string> covers;
    std::string title;       // may be empty
    std::string description; // English, at most 4 KiB kept
    base::TimePoint published{};
    base::TimePoint modified{};
    bool withdrawn = false; // rejected by its source
    bool exploited = false; // the source itself says that it is exploited (Apple)
    std::vector<CvssVector> cvss;
    std::optional<SsvcPoints> ssvc;
    std::vector<std::string> weaknesses; // "CWE-79"
    std::vector<Applicability> applicability;
};

struct KevEntry {
    std::string id;
    base::TimePoint added{};
    base::TimePoint due{};
    bool ransomware = false;
    std::string name;
    std::string required_action;
};
struct EpssScore {
    std::string id;
    float probability = 0; // 0..1
    float percentile = 0;  // 0..1
};

// One record a codec could not read: where it stood and why. Counted and shown, never fatal.
struct Rejected {
    std::string where; // "line 17", "record 4", or the id when it could be read
    std::string reason;
};

} // namespace oakum::advisory
