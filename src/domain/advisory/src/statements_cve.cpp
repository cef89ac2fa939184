// SPDX-License-Identifier: Apache-2.0
// The products of CVE records (version 5): status, versions, changes.
#include "names.hpp"
#include "statement_rows.hpp"
#include "statements.hpp"

#include <algorithm>

namespace oakum::advisory {

using namespace layout;
using version::Scheme;
using version::Version;

namespace {

bool is_everything(std::string_view text) {
    const auto word = lower(text);
    return word == "*" || word == "all" || word == "all versions";
}

bool is_commit_type(std::string_view type) {
    return type == "git" || type == "commit";
}

// "1.0 - 1.5", "1.0/1.1": several versions or words, which schemes would read as one version.
bool is_several(std::string_view text) {
    return text.find_first_of("/&,;|") != std::string_view::npos ||
           text.find(" - ") != std::string_view::npos;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

} // namespace

void StatementCompiler::append_changes(const std::vector<VersionChange>& list, Scheme scheme, Range& range) {
    range.changes_first = next(changes);
    for (const auto& change : list) {
        if (changes.size() - range.changes_first == 4096) break;
        const auto key = key_of(scheme, change.at);
        if (key == 0)
            range.flags |= unreadable;
        else
            changes.push_back({key, strings_.add(change.at), static_cast<std::uint32_t>(change.status)});
    }
    std::stable_sort(
        changes.begin() + range.changes_first, changes.end(),
        [this](const Change& a, const Change& b) { return strings_.text(a.key) < strings_.text(b.key); });
    range.changes_count = static_cast<std::uint16_t>(changes.size() - range.changes_first);
}

// ">= 1.0, < 1.2": what one large numbering authority writes where a version belongs. Anything but operators
// and versions is left unread.
bool StatementCompiler::append_expression(std::string_view text, const VersionEntry& entry, Scheme scheme) {
    Range range;
    range.status = static_cast<std::uint8_t>(entry.status);
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto part = trim(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        const auto digits = part.find_first_not_of("<>= ");
        if (digits == std::string_view::npos || digits == 0) return false;
        const auto sign = trim(part.substr(0, digits));
        part = part.substr(digits);
        const auto key = key_of(scheme, part);
        if (key == 0) return false;
        if (sign == "<" || sign == "<=") {
            range.high_key = key;
            range.high_text = strings_.add(part);
            range.flags |= sign == "<" ? high_is_fix : high_inclusive;
        } else if (sign == ">" || sign == ">=") {
            range.low_key = key;
            range.low_text = strings_.add(part);
            if (sign == ">=") range.flags |= low_inclusive;
        } else if (sign == "=" || sign == "==") {
            range.low_key = range.high_key = key;
            range.low_text = range.high_text = strings_.add(part);
            range.flags |= low_inclusive | high_inclusive;
        } else {
            return false;
        }
    }
    ranges.push_back(range);
    return true;
}

// Whether the entry could be read; an unreadable one is kept as such.
bool StatementCompiler::append_entry(const VersionEntry& entry, Scheme scheme) {
    Range range;
    range.status = static_cast<std::uint8_t>(entry.status);
    const auto upper = entry.less_than ? entry.less_than : entry.less_than_or_equal;
    if (!upper && is_everything(entry.version)) {
        ranges.push_back(range);
        return true;
    }
    if (!upper && entry.version.find_first_of("<>=") != std::string::npos &&
        append_expression(entry.version, entry, scheme))
        return true;
    bool readable = true;
    if (!upper || !is_zero_or_open(lower(entry.version))) {
        range.low_text = strings_.add(entry.version);
        range.low_key = upper || !is_several(entry.version) ? key_of(scheme, entry.version) : 0;
        range.flags |= low_inclusive;
        readable = range.low_key != 0;
    }
    if (upper && *upper != "*") {
        range.high_text = strings_.add(*upper);
        range.high_key = key_of(scheme, *upper);
        if (range.high_key == 0) {
            const auto family = Version::parse_upper(scheme, *upper);
            range.high_key = family.ok() ? strings_.add(family->key()) : 0;
        }
        readable = readable && range.high_key != 0;
        range.flags |= entry.less_than ? high_is_fix : high_inclusive;
    } else if (!upper) {
        range.high_text = range.low_text;
        range.high_key = range.low_key;
        range.flags |= high_inclusive;
        if (const auto family = Version::parse_upper(scheme, entry.version);
            range.low_key == 0 && family.ok()) {
            range.high_key = strings_.add(family->key());
            range.low_key =
                key_of(scheme, std::string_view(entry.version).substr(0, entry.version.rfind('.')));
            readable = range.low_key != 0;
        }
    }
    if (!readable) range.flags |= unreadable;
    append_changes(entry.changes, scheme, range);
    ranges.push_back(range);
    return readable;
}

namespace {

std::vector<std::string> keys_of(const ProductStatement& statement) {
    std::vector<std::string> keys;
    const auto useful = [](std::string_view text) {
        const auto word = lower(text);
        return !word.empty() && word != "n/a" && word != "-" && word != "*" && word.size() <= 256;
    };
    if (useful(statement.vendor) && useful(statement.product))
        for (const auto& vendor : {statement.vendor, run_together(statement.vendor)})
            if (auto key = product_key(vendor, statement.product); keys.empty() || keys.front() != key)
                keys.push_back(std::move(key));
    for (const auto& text : statement.cpes)
        if (const auto cpe = component::Cpe::parse(text); cpe.ok() && !cpe->key().empty()) {
            keys.push_back(cpe_key(cpe->key()));
            // Of a device its firmware has the fault: "h:tenda:ax1806".
            if (cpe->key().starts_with("h:"))
                keys.push_back(cpe_key("o" + cpe->key().substr(1) + std::string(firmware_ending)));
        }
    if (!keys.empty()) keys.push_back(std::string(release_prefix).append(kProductNames));
    if (const auto purl = component::Purl::parse(statement.package_url); purl.ok())
        keys.push_back(package_key(purl->type, purl->full_name()));
    if (const auto type = purl_type_of_collection(statement.collection_url);
        !type.empty() && useful(statement.package_name))
        keys.push_back(package_key(type, component::normalised_name(type, statement.package_name)));
    return keys;
}

// All of them or none: what is cut off could be the code with the fault.
std::string lines_of(const std::vector<std::string>& files) {
    std::string lines;
    for (const auto& file : files)
        lines += file + "\n";
    return lines.size() <= 16384 ? lines : std::string();
}

Scheme scheme_of(const ProductStatement& statement, const std::vector<std::string>& keys) {
    for (const auto& key : keys)
        if (key == "name:linux/linux" || key == "name:linux/linux_kernel" || key == "name:linux/kernel" ||
            key == cpe_key(kernel_cpe_key))
            return Scheme::kernel;
    for (const auto& entry : statement.versions)
        if (const auto scheme = version::scheme_for_version_type(entry.version_type)) return *scheme;
    return Scheme::generic;
}

} // namespace

void StatementCompiler::add(const ProductStatement& statement, std::uint32_t record) {
    const auto keys = keys_of(statement);
    if (keys.empty()) return;
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::product;
    rule.default_status = static_cast<std::uint8_t>(statement.default_status);
    rule.name = strings_.add(statement.product.empty() ? statement.package_name : statement.product);
    std::string platforms;
    for (const auto& platform : statement.platforms)
        platforms += platform.substr(0, 64) + "\n";
    rule.extra = strings_.add(platforms.substr(0, 1024));
    rule.ranges_first = next(ranges);
    auto scheme = scheme_of(statement, keys);
    if (scheme == Scheme::kernel) rule.files = strings_.add(lines_of(statement.program_files));
    std::vector<const VersionEntry*> entries;
    for (const auto& entry : statement.versions)
        if (!is_commit_type(entry.version_type)) entries.push_back(&entry);
    if (entries.empty() && !statement.versions.empty()) rule.flags |= commits_only;
    bool readable = true;
    for (const auto* entry : entries)
        readable = append_entry(*entry, scheme) && readable;
    // Labels are often wrong ("semver" of 1.2.3.4): what its scheme cannot read is read as people would.
    if (!readable && scheme != Scheme::generic && scheme != Scheme::kernel) {
        scheme = Scheme::generic;
        ranges.resize(rule.ranges_first);
        for (const auto* entry : entries)
            append_entry(*entry, scheme);
    }
    rule.scheme = static_cast<std::uint8_t>(scheme);
    rule.ranges_count = next(ranges) - rule.ranges_first;
    rules.push_back(rule);
    file(keys);
}

} // namespace oakum::advisory
