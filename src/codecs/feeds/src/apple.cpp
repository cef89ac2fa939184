// SPDX-License-Identifier: Apache-2.0
#include "formats.hpp"

#include <algorithm>
#include <map>
#include <version/version.hpp>

namespace oakum::feeds {
namespace {

using advisory::AppleRelease;
using advisory::Record;

constexpr std::pair<std::string_view, std::string_view> kProducts[] = {
    {"iOS", "ios"},   {"iPadOS", "ipados"},   {"macOS", "macos"},
    {"tvOS", "tvos"}, {"watchOS", "watchos"}, {"visionOS", "visionos"}};

struct Release {
    AppleRelease release; // its product is set for each product in turn
    std::vector<std::string> products;
    std::vector<std::string> fixes;
    std::vector<std::string> exploited;
};

// "iOS 18.7.8 and iPadOS 18.7.8" is two products, "iPadOS 17.7.11" one. The feed's own product name ("iOS and
// iPadOS") covers both even where only one of them got the release, so it decides only when the release's
// name does not.
std::vector<std::string> products_of(std::string_view update, std::string_view product) {
    const auto words = [](std::string_view text, std::string_view word) {
        for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
            const std::size_t end = at + word.size();
            if ((at == 0 || text[at - 1] == ' ') &&
                (end == text.size() || text[end] == ' ' || text[end] == ','))
                return true;
        }
        return false;
    };
    std::vector<std::string> out;
    for (const std::string_view text : {update, product}) {
        for (const auto& [name, id] : kProducts) {
            if (words(text, name)) out.emplace_back(id);
        }
        if (!out.empty()) break;
    }
    return out;
}

Result<Release> read_release(object in) {
    Release out;
    TRY_VALUE(out.release.version, text_at(in, "ProductVersion", 64));
    if (out.release.version.empty()) return base::invalid("the version is missing").at("ProductVersion");
    TRY_VALUE(out.release.build, text_at(in, "Build", 64));
    TRY_VALUE(out.release.released, time_at(in, "ReleaseDate"));
    TRY_VALUE(out.release.supported_devices, texts_at(in, "SupportedDevices", 64));
    TRY_VALUE(const std::string update, text_at(in, "UpdateName", max_name));
    TRY_VALUE(const std::string product, text_at(in, "ProductName", max_name));
    out.products = products_of(update, product);
    if (out.products.empty())
        return base::invalid("the product of \"" + update.substr(0, 100) + "\" is not known")
            .at("UpdateName");
    TRY_VALUE(const std::optional<object> fixes, object_at(in, "CVEs"));
    if (fixes) {
        for (const auto field : *fixes) {
            if (!field.key.starts_with("CVE-") || field.key.size() > max_id)
                return base::invalid("\"" + shortened(field.key, 50) + "\" is no CVE id").at("CVEs");
            out.fixes.emplace_back(field.key);
        }
    }
    TRY_VALUE(out.exploited, texts_at(in, "ActivelyExploitedCVEs", max_id));
    return out;
}

bool listed(const Record& record, const AppleRelease& release) {
    return std::any_of(record.applicability.begin(), record.applicability.end(), [&](const auto& known) {
        const auto* other = std::get_if<AppleRelease>(&known);
        return other != nullptr && other->product == release.product && other->version == release.version &&
               other->build == release.build && other->uncertain == release.uncertain;
    });
}

void add(std::map<std::string, Record>& records, const Release& release) {
    for (const std::string& id : release.fixes) {
        Record& record = records[id];
        record.source = advisory::Source::apple;
        record.id = id;
        const base::TimePoint released = release.release.released;
        if (record.applicability.empty() || released < record.published) record.published = released;
        record.modified = std::max(record.modified, released);
        for (const std::string& product : release.products) {
            AppleRelease statement = release.release;
            statement.product = product;
            // Some releases are in the feed twice.
            if (!listed(record, statement)) record.applicability.emplace_back(std::move(statement));
        }
    }
    for (const std::string& id : release.exploited) {
        if (const auto found = records.find(id); found != records.end()) found->second.exploited = true;
    }
}

struct Named {
    std::string product, version;
    bool uncertain = false;
};

// "iOS 16.1 and iPadOS 16" is two releases; of macOS, Safari and other things that a list of releases names
// in the same way none is taken.
std::vector<Named> releases_of(std::string_view name) {
    std::vector<Named> out;
    while (!name.empty()) {
        const auto end = std::min(name.find(" and "), name.find(", "));
        const auto part = name.substr(0, end);
        name.remove_prefix(end == std::string_view::npos ? name.size() : end + (name[end] == ',' ? 2 : 5));
        const auto space = part.find(' ');
        if (space == std::string_view::npos) continue;
        const auto version = part.substr(space + 1);
        if (version.empty() || version.find_first_not_of("0123456789.") != std::string_view::npos) continue;
        for (const auto& [product, id] : kProducts) {
            if (id != "macos" && product == part.substr(0, space))
                out.push_back({std::string(id), std::string(version)});
        }
    }
    return out;
}

// What the list names with its day, by product: what a supplement of that day can be for.
class Listed {
  public:
    void add(const std::string& product, const std::string& version, base::TimePoint day) {
        if (auto read = version::Version::parse(version::Scheme::ios, version); read.ok())
            releases_[product].emplace_back(day, *std::move(read));
    }
    // The highest version that was there on that day; empty: none.
    std::string newest(const std::string& product, base::TimePoint day) const {
        const version::Version* newest = nullptr;
        const auto found = releases_.find(product);
        if (found == releases_.end()) return {};
        for (const auto& [released, version] : found->second)
            if (released <= day && (newest == nullptr || newest->key() < version.key())) newest = &version;
        return newest == nullptr ? std::string() : newest->text();
    }
    // What is for the newest release of a day is for one that is not known where a page was changed later
    // (its day is that of its last change), or where others are for the same one (each has a letter).
    bool is_uncertain(const std::string& product, const std::string& base, base::TimePoint day) const {
        const auto found = releases_.find(product);
        const auto own = version::Version::parse(version::Scheme::ios, base);
        if (found == releases_.end() || !own.ok()) return true;
        const auto others = supplements_.find(product);
        return std::ranges::any_of(
                   found->second,
                   [&](const auto& each) { return each.first > day && own->key() < each.second.key(); }) ||
               (others != supplements_.end() && std::ranges::count_if(others->second, [&](auto other) {
                                                    return newest(product, other) == base;
                                                }) > 1);
    }
    void add_supplement(const std::string& product, base::TimePoint day) {
        supplements_[product].push_back(day);
    }

  private:
    std::map<std::string, std::vector<base::TimePoint>> supplements_;
    std::map<std::string, std::vector<std::pair<base::TimePoint, version::Version>>> releases_;
};

bool is_supplement(std::string_view name) {
    return name.starts_with("Background Security Improvement") || name.starts_with("Rapid Security Response");
}

// "Background Security Improvements for iOS, iPadOS, and macOS" of a day: they stand on the release that was
// the newest then, whose version takes a letter.
Result<std::vector<Named>> supplements_of(std::string_view name, base::TimePoint day, const Listed& listed) {
    std::vector<Named> out;
    for (const std::string& product : products_of(name, {})) {
        if (product == "macos") continue;
        if (const std::string base = listed.newest(product, day); !base.empty())
            out.push_back({product, base + " (a)", listed.is_uncertain(product, base, day)});
    }
    if (out.empty()) return base::invalid("it names no product with a release of that time").at("name");
    return out;
}

// An entry of the list of all security releases. Its date is that of the page's last change, so it is only an
// upper bound of when the fix was published.
Status read_listed(object in, const Listed& listed, std::map<std::string, Record>& records) {
    TRY_VALUE(const std::string name, text_at(in, "name", max_name));
    Release out;
    TRY_VALUE(out.release.released, time_at(in, "release_date"));
    auto releases = releases_of(name);
    if (releases.empty() && !is_supplement(name)) return {};
    if (releases.empty()) {
        TRY_VALUE(releases, supplements_of(name, out.release.released, listed));
    }
    TRY_VALUE(out.fixes, texts_at(in, "cves", max_id));
    for (const std::string& id : out.fixes) {
        if (!id.starts_with("CVE-"))
            return base::invalid("\"" + shortened(id, 50) + "\" is no CVE id").at("cves");
    }
    TRY_VALUE(const std::optional<object> contexts, object_at(in, "cve_context"));
    if (contexts) {
        for (const auto field : *contexts) {
            bool exploited = false;
            if (field.value["exploited"].get(exploited) == simdjson::SUCCESS && exploited)
                out.exploited.emplace_back(field.key.substr(0, max_id));
        }
    }
    for (const auto& [product, version, uncertain] : releases) {
        out.release.version = version;
        out.release.uncertain = uncertain;
        out.products = {product};
        add(records, out);
    }
    return {};
}

// Which background improvement is for which release, and for which models; with its CVEs where the feed names
// them. Without, the list of all releases does, by its day.
Result<Release> read_improvement(object in, const std::map<std::string, std::vector<std::string>>& products) {
    Release out;
    TRY_VALUE(const std::string base, text_at(in, "Version", 64));
    TRY_VALUE(const std::string letter, text_at(in, "VersionExtra", 16));
    if (base.empty() || letter.empty()) return base::invalid("the version or its letter is missing");
    out.release.version = base + " " + letter;
    TRY_VALUE(out.release.build, text_at(in, "Build", 64));
    TRY_VALUE(out.release.released, time_at(in, "PostingDate"));
    TRY_VALUE(out.release.supported_devices, texts_at(in, "SupportedDevices", 64));
    const auto found = products.find(base);
    if (found == products.end()) return base::invalid("the feed has no release " + base.substr(0, 64));
    out.products = found->second;
    TRY_VALUE(out.fixes, texts_at(in, "CVEs", max_id));
    for (const std::string& id : out.fixes) {
        if (!id.starts_with("CVE-"))
            return base::invalid("\"" + shortened(id, 50) + "\" is no CVE id").at("CVEs");
    }
    return out;
}

// By branch.
Status read_improvements(object branches, const std::map<std::string, std::vector<std::string>>& products,
                         std::map<std::string, Record>& records, ReadDocument& out) {
    for (const auto field : branches) {
        array list;
        if (field.value.get(list) != simdjson::SUCCESS)
            return base::invalid("it is no list").at("BackgroundSecurityImprovements");
        for (const element item : list) {
            TRY_VALUE(const object improvement, object_of(item, "BackgroundSecurityImprovements"));
            auto read = read_improvement(improvement, products);
            if (!read.ok()) {
                std::string_view name;
                if (improvement.at_key("Version").get(name) != simdjson::SUCCESS) name = "without a version";
                out.rejected.push_back({"improvement of " + shortened(name, 64), read.error().text()});
                continue;
            }
            add(records, *read);
            Record known; // without an id: it says what there is, and not what that fixes
            known.source = advisory::Source::apple;
            for (const std::string& product : read->products) {
                AppleRelease statement = read->release;
                statement.product = product;
                known.applicability.emplace_back(std::move(statement));
            }
            out.records.push_back(std::move(known));
        }
    }
    return {};
}

// The feed of one product: branches, and in each its releases with the models they are for.
Status read_product(array versions, std::map<std::string, Record>& records,
                    std::map<std::string, std::vector<std::string>>& products,
                    std::vector<advisory::Rejected>& rejected) {
    for (const element item : versions) {
        TRY_VALUE(const object version, object_of(item, "OSVersions"));
        TRY_VALUE(const std::optional<array> releases, array_at(version, "SecurityReleases"));
        if (!releases) return base::invalid("\"SecurityReleases\" is missing").at("OSVersions");
        for (const element entry : *releases) {
            TRY_VALUE(const object release, object_of(entry, "SecurityReleases"));
            auto read = read_release(release);
            if (read.ok()) {
                add(records, *read);
                auto& got = products[read->release.version];
                for (const std::string& product : read->products)
                    if (std::ranges::find(got, product) == got.end()) got.push_back(product);
                continue;
            }
            std::string_view name;
            if (release.at_key("ProductVersion").get(name) != simdjson::SUCCESS) name = "without a version";
            rejected.push_back({"release " + shortened(name, 64), read.error().text()});
        }
    }
    return {};
}

// All security releases since 2020, by name: what tells of branches that the feeds of products no longer
// hold.
Status read_list(array releases, std::map<std::string, Record>& records,
                 std::vector<advisory::Rejected>& rejected) {
    Listed listed;
    for (const element item : releases) {
        TRY_VALUE(const object release, object_of(item, "releases"));
        const auto name = text_at(release, "name", max_name);
        const auto day = time_at(release, "release_date");
        if (!name.ok() || !day.ok()) continue; // told below
        for (const auto& each : releases_of(*name))
            listed.add(each.product, each.version, *day);
        if (!is_supplement(*name)) continue;
        for (const auto& product : products_of(*name, {}))
            listed.add_supplement(product, *day);
    }
    for (const element item : releases) {
        TRY_VALUE(const object release, object_of(item, "releases"));
        if (auto read = read_listed(release, listed, records); !read.ok()) {
            std::string_view name;
            if (release.at_key("name").get(name) != simdjson::SUCCESS) name = "without a name";
            rejected.push_back({"release " + shortened(name, 64), read.error().text()});
        }
    }
    return {};
}

} // namespace

Result<ReadDocument> read_apple(object document) {
    ReadDocument out;
    std::map<std::string, Record> records;
    TRY_VALUE(const std::optional<array> versions, array_at(document, "OSVersions"));
    if (versions) {
        std::map<std::string, std::vector<std::string>> products; // that got a release of that version
        TRY(read_product(*versions, records, products, out.rejected));
        TRY_VALUE(const std::optional<object> improvements,
                  object_at(document, "BackgroundSecurityImprovements"));
        if (improvements) {
            TRY(read_improvements(*improvements, products, records, out));
        }
    } else {
        TRY_VALUE(const std::optional<array> releases, array_at(document, "releases"));
        if (!releases) return base::invalid("\"OSVersions\" or \"releases\" is missing");
        TRY(read_list(*releases, records, out.rejected));
    }
    if (const auto checked = text_at(document, "LastCheck", 64); checked.ok()) out.edition = *checked;
    out.records.reserve(out.records.size() + records.size());
    for (auto& [id, record] : records)
        out.records.push_back(std::move(record));
    return out;
}

} // namespace oakum::feeds
