// SPDX-License-Identifier: Apache-2.0
#include <artifact/release.hpp>

#include <base/bytes.hpp>

#include <algorithm>

namespace oakum::artifact {
namespace {

using base::invalid;
using base::Result;
using base::Status;

// What a device reports of itself: any printable text.
Status check_text(std::string_view text, std::string_view field) {
    const bool printable = std::all_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
    if (text.empty() || text.size() > kMaxName || !printable || !base::is_utf8(text))
        return invalid("1 to " + std::to_string(kMaxName) + " printable bytes").at(field);
    return {};
}

Status check_list(const std::vector<std::string>& texts, std::size_t max, std::string_view field) {
    if (texts.size() > max) return invalid("more than " + std::to_string(max) + " entries").at(field);
    for (const std::string& text : texts)
        TRY(check_text(text, field));
    return {};
}

Status named(Status status, std::string_view field) {
    if (status.ok()) return {};
    return std::move(status).error().at(field);
}

} // namespace

Status check_name(std::string_view name) {
    const bool safe = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '+' || c == '~' || c == '-';
    });
    if (name.empty() || name.size() > kMaxName || name.front() == '.' || !safe)
        return invalid("a name has 1 to " + std::to_string(kMaxName) +
                       " letters, digits and \"._+~-\" and does not begin with '.': \"" +
                       std::string(name.substr(0, 40)) + "\"");
    return {};
}

Status check(const Terms& terms) {
    TRY(named(check_name(terms.release), "release"));
    TRY(named(check_name(terms.version), "version"));
    TRY(named(check_name(terms.format), "format"));
    if (terms.models.empty()) return invalid("at least one compatible model").at("models");
    TRY(check_list(terms.models, kMaxModels, "models"));
    TRY(check_list(terms.hw_revisions, kMaxRevisions, "hw_revisions"));
    if (!terms.min_from.empty()) TRY(named(check_name(terms.min_from), "min_from"));
    if (terms.counter == 0) return invalid("counters begin at 1").at("counter");
    if (terms.floor > terms.counter)
        return invalid("a release cannot put the floor above itself").at("floor");
    return {};
}

Status check(const Release& release) {
    TRY(check(release.terms));
    TRY(named(check_name(release.artifact.name), "artifact"));
    if (release.artifact.length == 0) return invalid("an artifact is not empty").at("length");
    return {};
}

Result<std::string> target_path(const Release& release) {
    TRY(check(release));
    return release.terms.release + "/" + release.terms.version + "/" + release.artifact.name;
}

} // namespace oakum::artifact
