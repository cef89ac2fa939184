// SPDX-License-Identifier: Apache-2.0
#include <feeds/kind.hpp>
#include <openvex/document.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace oakum::feeds {
namespace {

constexpr std::size_t enough = 64UL * 1024;
constexpr std::size_t deepest = 4;

// Names of members by depth, as far as the bytes go; an array around everything does not count as a level.
class Names {
  public:
    explicit Names(std::string_view text) {
        std::size_t depth = 0;
        bool first = true;
        for (std::size_t i = 0; i < text.size(); ++i) {
            switch (text[i]) {
            case '[':
                if (std::exchange(first, false)) break;
                ++depth;
                break;
            case '{':
                first = false;
                ++depth;
                break;
            case '}':
            case ']':
                depth = depth > 0 ? depth - 1 : 0;
                break;
            case '"':
                i = string(text, i, depth);
                break;
            default:
                break;
            }
        }
    }
    bool has(std::size_t depth, std::string_view name) const {
        return names_.contains({depth, std::string(name)});
    }
    // Whether a name at that depth begins so.
    bool has_beginning(std::size_t depth, std::string_view beginning) const {
        const auto at = names_.lower_bound({depth, std::string(beginning)});
        return at != names_.end() && at->first == depth && at->second.starts_with(beginning);
    }

  private:
    // Returns where the string ends, and notes it when a ':' follows.
    std::size_t string(std::string_view text, std::size_t begin, std::size_t depth) {
        std::size_t end = begin + 1;
        while (end < text.size() && text[end] != '"')
            end += text[end] == '\\' ? 2 : 1;
        if (end >= text.size()) return text.size();
        const std::size_t next = text.find_first_not_of(" \t\r\n", end + 1);
        if (next != std::string_view::npos && text[next] == ':' && depth <= deepest && end - begin < 40)
            names_.emplace(depth, text.substr(begin + 1, end - begin - 1));
        return end;
    }
    std::set<std::pair<std::size_t, std::string>> names_;
};

struct Sign {
    FeedKind kind;
    std::size_t depth;
    std::string_view name;
};
// In the order asked: the surest first.
constexpr std::array signs{
    Sign{FeedKind::csaf, 2, "csaf_version"},
    Sign{FeedKind::cyclonedx, 1, "bomFormat"},
    Sign{FeedKind::alpine, 1, "distroversion"},
    Sign{FeedKind::alpine, 1, "reponame"},
    Sign{FeedKind::cve5, 1, "cveMetadata"},
    Sign{FeedKind::cve5, 1, "containers"},
    Sign{FeedKind::apple, 1, "OSVersions"},
    Sign{FeedKind::apple, 1, "UpdateHash"},
    Sign{FeedKind::apple, 3, "os_type"},
    Sign{FeedKind::kev, 1, "catalogVersion"},
    Sign{FeedKind::kev, 3, "cveID"},
    Sign{FeedKind::kev, 1, "cveID"},
    Sign{FeedKind::nvd, 1, "cve"},
    Sign{FeedKind::nvd, 3, "cve"},
    Sign{FeedKind::nvd, 1, "totalResults"},
    Sign{FeedKind::nvd, 1, "descriptions"},
    Sign{FeedKind::nvd, 1, "sourceIdentifier"},
    Sign{FeedKind::nvd, 1, "vulnStatus"},
    Sign{FeedKind::nvd, 1, "lastModified"},
    Sign{FeedKind::osv, 1, "schema_version"},
    Sign{FeedKind::osv, 1, "modified"},
    Sign{FeedKind::osv, 1, "affected"},
};
struct NameSign {
    std::string_view part;
    FeedKind kind;
};
constexpr std::array file_signs{
    NameSign{"known_exploited", FeedKind::kev},
    NameSign{"epss", FeedKind::epss},
    NameSign{"nvd", FeedKind::nvd},
    NameSign{"osv", FeedKind::osv},
    NameSign{"vulnrichment", FeedKind::cve5},
    NameSign{"cvelist", FeedKind::cve5},
    NameSign{"data_feed", FeedKind::apple},
    NameSign{"apple_security_releases", FeedKind::apple},
};

} // namespace

std::string_view to_string(FeedKind kind) {
    switch (kind) {
    case FeedKind::nvd:
        return "nvd";
    case FeedKind::cve5:
        return "cve5";
    case FeedKind::osv:
        return "osv";
    case FeedKind::kev:
        return "kev";
    case FeedKind::epss:
        return "epss";
    case FeedKind::apple:
        return "apple";
    case FeedKind::debian:
        return "debian";
    case FeedKind::alpine:
        return "alpine";
    case FeedKind::csaf:
        return "csaf";
    case FeedKind::openvex:
        return "openvex";
    case FeedKind::cyclonedx:
        return "cyclonedx";
    }
    return "nvd";
}

base::Result<FeedKind> detect(std::string_view first, std::string_view file_name) {
    first = first.substr(0, enough);
    if (first.starts_with("\xEF\xBB\xBF")) first.remove_prefix(3);
    if (first.starts_with("#model_version:") || first.starts_with("cve,epss,percentile"))
        return FeedKind::epss;
    const std::size_t begin = first.find_first_not_of(" \t\r\n");
    if (begin != std::string_view::npos && (first[begin] == '{' || first[begin] == '[')) {
        const Names names(first.substr(begin));
        // {package: {CVE: {releases}}}: whatever a package is called.
        if (names.has(3, "releases") && (names.has_beginning(2, "CVE-") || names.has_beginning(2, "TEMP-")))
            return FeedKind::debian;
        if (names.has(1, "@context") && openvex::is_openvex(first)) return FeedKind::openvex;
        for (const Sign& sign : signs) {
            if (names.has(sign.depth, sign.name)) return sign.kind;
        }
        std::string lower(file_name.substr(file_name.find_last_of('/') + 1));
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        for (const NameSign& sign : file_signs) {
            if (sign.kind != FeedKind::epss && lower.find(sign.part) != std::string::npos) return sign.kind;
        }
    }
    return base::invalid("this is none of the known feeds: NVD 2.0, CVE 5, OSV, KEV, EPSS, Apple "
                         "(SOFA), Debian's tracker, Alpine's secdb, CSAF, OpenVEX, CycloneDX")
        .at(file_name);
}

} // namespace oakum::feeds
