// SPDX-License-Identifier: Apache-2.0
// Debian's security tracker as JSON: by source package and CVE id what holds in each release.
#include "formats.hpp"

#include <array>
#include <utility>

namespace oakum::feeds {
namespace {

using advisory::PackageRange;
using advisory::PackageStatement;
using advisory::RangeEvent;
using advisory::Record;

// Releases by the names that the tracker knows them by; a newer one keeps its name until it is here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> releases{{{"jessie", "8"},
                                                                                 {"stretch", "9"},
                                                                                 {"buster", "10"},
                                                                                 {"bullseye", "11"},
                                                                                 {"bookworm", "12"},
                                                                                 {"trixie", "13"},
                                                                                 {"forky", "14"},
                                                                                 {"duke", "15"},
                                                                                 {"sid", "sid"}}};

std::string ecosystem_of(std::string_view codename) {
    for (const auto& [name, number] : releases)
        if (name == codename) return "Debian:" + std::string(number);
    return "Debian:" + std::string(codename);
}

void add_note(std::string& note, std::string_view text) {
    if (text.empty()) return;
    if (!note.empty()) note += "; ";
    note += text;
}

// "unimportant; no DSA: Minor issue (postponed)"
Result<std::string> note_of(object release, std::string_view urgency) {
    std::string note;
    if (urgency == "unimportant" || urgency == "end-of-life") add_note(note, urgency);
    TRY_VALUE(const std::string no_dsa, text_at(release, "nodsa", max_name));
    TRY_VALUE(const std::string reason, text_at(release, "nodsa_reason", max_name));
    if (!no_dsa.empty() || !reason.empty())
        add_note(note, "no DSA" + (no_dsa.empty() ? "" : ": " + shortened(no_dsa, 200)) +
                           (reason.empty() ? "" : " (" + shortened(reason, 50) + ")"));
    return note;
}

// "0" as the fixed version: no version of this release ever had it. open: nothing fixes it yet.
Result<PackageStatement> read_release(object in, std::string_view codename, std::string_view package) {
    PackageStatement out;
    out.ecosystem = ecosystem_of(codename);
    out.name = package;
    TRY_VALUE(const std::string status, text_at(in, "status", 64));
    TRY_VALUE(const std::string fixed, text_at(in, "fixed_version", max_version));
    TRY_VALUE(const std::string urgency, text_at(in, "urgency", 64));
    TRY_VALUE(out.note, note_of(in, urgency));
    out.harmless = urgency == "unimportant";
    if (status == "undetermined") {
        out.status = advisory::Status::unknown;
        return out;
    }
    if (status == "resolved" && fixed.empty())
        return base::invalid("it is resolved, and no version is named").at(codename);
    if (status != "resolved" && status != "open")
        return base::invalid("the status \"" + status + "\" is not known").at(codename);
    if (status == "resolved" && fixed == "0") {
        out.status = advisory::Status::unaffected;
        return out;
    }
    PackageRange range;
    range.events.push_back({RangeEvent::Kind::introduced, "0"});
    if (status == "resolved") range.events.push_back({RangeEvent::Kind::fixed, fixed});
    out.ranges.push_back(std::move(range));
    return out;
}

} // namespace

Result<Record> read_debian(object document, std::string_view package, std::string_view id) {
    Record out;
    out.source = advisory::Source::debian;
    if (!id.starts_with("CVE-") && !id.starts_with("TEMP-"))
        return base::invalid("this is neither the id of a CVE nor a temporary one");
    if (id.size() > max_id || package.empty())
        return base::invalid("the id is too long or the package missing");
    out.id = id;
    out.part = package;
    TRY_VALUE(const std::string description, text_at(document, "description", 1UL << 20));
    out.description = shortened(description, max_description);
    TRY_VALUE(const std::optional<object> by_release, object_at(document, "releases"));
    if (!by_release) return base::invalid("\"releases\" is missing");
    for (const auto field : *by_release) {
        TRY_VALUE(const object release, object_of(field.value, "releases"));
        TRY_VALUE(PackageStatement read, read_release(release, field.key, package));
        out.applicability.emplace_back(std::move(read));
    }
    return out;
}

} // namespace oakum::feeds
