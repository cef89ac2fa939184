// SPDX-License-Identifier: Apache-2.0
#include <source/source.hpp>

#include <algorithm>
#include <array>

namespace oakum::source {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestName = 40, kLongestAddress = 2048, kMostParts = 100, kLongestPart = 80;
constexpr std::string_view kHole = "{}";
constexpr std::array kKinds{"nvd",    "cve5",   "osv",  "kev",     "epss",     "apple",
                            "debian", "alpine", "csaf", "openvex", "cyclonedx"};

bool is_plain(std::string_view text, std::string_view also) {
    return std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               also.find(c) != std::string_view::npos;
    });
}

// A letter or digit first, so that a name is a file's name and no option.
bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kLongestName && is_plain(text, "-_.") &&
           is_plain(text.substr(0, 1), "");
}

bool is_part(std::string_view text) {
    return !text.empty() && text.size() <= kLongestPart && is_plain(text, "-_./%+") &&
           text.find("..") == std::string_view::npos;
}

base::Status check_address(const Source& source, Plain plain) {
    const auto wrong = [](std::string message) { return base::invalid(std::move(message)).at("/url"); };
    std::string_view rest = source.url;
    if (rest.size() > kLongestAddress) return wrong("an address has at most 2,048 bytes");
    if (rest.starts_with("https://"))
        rest.remove_prefix(8);
    else if (rest.starts_with("http://") && plain == Plain::allowed)
        rest.remove_prefix(7);
    else
        return wrong("an address begins with https://");
    const std::string_view server = rest.substr(0, std::min(rest.find_first_of("/?#"), rest.size()));
    const bool printable =
        std::ranges::all_of(rest, [](char c) { return c > 0x20 && c < 0x7F && c != '\\' && c != '"'; });
    if (!printable || server.empty() || server.find('@') != std::string_view::npos ||
        server.find('{') != std::string_view::npos || rest.find('#') != std::string_view::npos)
        return wrong("an address has a host, no user, no spaces and no #");
    const std::size_t hole = rest.find(kHole);
    const bool one = hole != std::string_view::npos && rest.find(kHole, hole + 2) == std::string_view::npos;
    if (source.parts.empty() ? hole != std::string_view::npos : !one)
        return wrong(
            "an address of several parts has {} once, where the part's name goes, and others have none");
    return {};
}

} // namespace

std::string_view to_string(Walk walk) {
    switch (walk) {
    case Walk::files:
        return "files";
    case Walk::nvd_api:
        return "nvd_api";
    case Walk::cve_releases:
        return "cve_releases";
    case Walk::csaf_provider:
        return "csaf_provider";
    }
    return "files";
}

base::Result<Walk> parse_walk(std::string_view text) {
    for (const Walk walk : {Walk::files, Walk::nvd_api, Walk::cve_releases, Walk::csaf_provider})
        if (to_string(walk) == text) return walk;
    return base::invalid("a source is read as files, nvd_api, cve_releases or csaf_provider");
}

std::span<const Source> offered() {
    // Hours, by how often the publisher changes it and how much it is.
    static const std::vector<Source> all = [] {
        std::vector<Source> list;
        const auto add = [&](std::string name, std::string kind, std::string url, std::chrono::seconds every,
                             std::vector<std::string> parts = {}, Walk walk = Walk::files,
                             std::chrono::milliseconds pause = 0ms) {
            list.push_back({std::move(name), std::move(kind), walk, std::move(url), std::move(parts), every,
                            pause, false, ""});
        };
        add("kev", "kev",
            "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", 1h);
        add("epss", "epss", "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", 12h);
        add("cve", "cve5", "https://api.github.com/repos/CVEProject/cvelistV5/releases", 6h, {},
            Walk::cve_releases);
        add("nvd", "nvd", "https://services.nvd.nist.gov/rest/json/cves/2.0", 6h, {}, Walk::nvd_api, 6s);
        add("osv", "osv", "https://storage.googleapis.com/osv-vulnerabilities/{}/all.zip", 24h,
            {"Android", "Debian", "Alpine", "PyPI", "npm", "Go", "Maven"});
        add("apple", "apple", "https://sofafeed.macadmins.io/v2/{}_data_feed.json", 6h,
            {"ios", "macos", "tvos", "watchos", "visionos"});
        add("debian", "debian", "https://security-tracker.debian.org/tracker/data/json", 12h);
        add("alpine", "alpine", "https://secdb.alpinelinux.org/{}.json", 24h,
            {"v3.21/main", "v3.21/community", "v3.22/main", "v3.22/community"});
        return list;
    }();
    return all;
}

const Source* find_offered(std::string_view name) {
    const auto all = offered();
    const auto found = std::ranges::find(all, name, &Source::name);
    return found == all.end() ? nullptr : &*found;
}

base::Status check(const Source& source, Plain plain) {
    if (!is_name(source.name))
        return base::invalid("a source's name has 1 to 40 letters, digits, '-', '_' and '.'").at("/name");
    if (std::ranges::find(kKinds, source.kind) == kKinds.end())
        return base::invalid("a source's records are nvd, cve5, osv, kev, epss, apple, debian, alpine, csaf, "
                             "openvex or cyclonedx")
            .at("/kind");
    if (source.parts.size() > kMostParts) return base::invalid("a source has at most 100 parts").at("/parts");
    for (std::size_t i = 0; i < source.parts.size(); ++i)
        if (!is_part(source.parts[i]))
            return base::invalid("a part has 1 to 80 letters, digits and -_./%+")
                .at("/parts/" + std::to_string(i));
    if (source.walk != Walk::files && !source.parts.empty())
        return base::invalid("only files have parts").at("/parts");
    if (source.walk == Walk::nvd_api && source.kind != "nvd")
        return base::invalid("NVD's API has records of the kind nvd").at("/kind");
    if (source.walk == Walk::cve_releases && source.kind != "cve5")
        return base::invalid("the CVE list has records of the kind cve5").at("/kind");
    if (source.walk == Walk::csaf_provider && source.kind != "csaf")
        return base::invalid("a provider of CSAF has records of the kind csaf").at("/kind");
    if (source.every < 60s || source.every > std::chrono::hours(24 * 31))
        return base::invalid("a source is asked every minute at most, and every 31 days at least")
            .at("/every_seconds");
    if (source.pause < 0ms || source.pause > 5min)
        return base::invalid("a pause between requests is at most five minutes").at("/pause_ms");
    if (source.key.size() > 200 || !is_plain(source.key, "-_.~+/="))
        return base::invalid("a key has at most 200 letters, digits and -_.~+/=").at("/key");
    return check_address(source, plain);
}

std::string part_name(const Source& source, std::string_view part) {
    return part.empty() ? source.name : source.name + "-" + std::string(part);
}

std::string part_url(const Source& source, std::string_view part) {
    std::string url = source.url;
    if (const std::size_t hole = url.find(kHole); hole != std::string::npos) url.replace(hole, 2, part);
    return url;
}

} // namespace oakum::source
