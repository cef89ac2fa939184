// SPDX-License-Identifier: Apache-2.0
#include "news.hpp"

#include <metadata/log_entry.hpp>

#include <algorithm>
#include <memory>

namespace oakum::releases {

using base::Result;
using Kind = metadata::LogEntry::Kind;

Known known_by(const trust::RepositoryState& before) {
    Known known;
    for (std::uint64_t version = 1; version <= before.root.header.version; ++version)
        known.roots.insert(version);
    for (const auto& [role, list] : before.targets) {
        known.lists[role] = list.header.version;
        for (const auto& [path, file] : list.files)
            known.paths.insert(path);
    }
    known.has = [&before](const std::string& path, const trust::TargetFile& file) -> Result<bool> {
        return std::any_of(before.targets.begin(), before.targets.end(), [&](const auto& list) {
            const auto found = list.second.files.find(path);
            return found != list.second.files.end() && found->second == file;
        });
    };
    return known;
}

Result<Known> known_by(const std::vector<std::string>& entries) {
    Known known;
    // The newest entries of each path.
    auto releases = std::make_shared<std::map<std::string, std::set<std::string>>>();
    for (const std::string& text : entries) {
        auto entry = metadata::read_log_entry(text);
        if (!entry.ok())
            return base::corrupt("an entry of the log of what was published cannot be read: " +
                                 entry.error().message);
        switch (entry->kind) {
        case Kind::root:
            known.roots.insert(entry->number);
            break;
        case Kind::list:
            known.lists[entry->subject] = std::max(known.lists[entry->subject], entry->number);
            break;
        case Kind::release:
            known.paths.insert(entry->subject);
            (*releases)[entry->subject].insert(text);
            break;
        case Kind::withdrawn:
            known.paths.erase(entry->subject);
            releases->erase(entry->subject);
            break;
        case Kind::begin:
        case Kind::audit:
        case Kind::other:
            break;
        }
    }
    known.has = [releases](const std::string& path, const trust::TargetFile& file) -> Result<bool> {
        TRY_VALUE(const std::string entry, metadata::release_entry(path, file));
        const auto found = releases->find(path);
        return found != releases->end() && found->second.contains(entry);
    };
    return known;
}

Result<std::vector<std::string>> news(const Served& now, const Known& known, base::TimePoint at) {
    std::vector<std::string> entries;
    for (const Served::RootFile& root : now.roots) {
        if (known.roots.contains(root.root.header.version)) continue;
        TRY_VALUE(entries.emplace_back(), metadata::root_entry(root.root, root.bytes, at));
    }
    std::set<std::string> gone = known.paths;
    for (const auto& [role, of] : now.lists) {
        const auto before = known.lists.find(role);
        if (before == known.lists.end() || of.list.header.version > before->second) {
            TRY_VALUE(entries.emplace_back(), metadata::list_entry(role, of.list, of.bytes, at));
        }
        for (const auto& [path, file] : of.list.files) {
            gone.erase(path);
            TRY_VALUE(const bool told, known.has(path, file));
            if (told) continue;
            TRY_VALUE(entries.emplace_back(), metadata::release_entry(path, file));
        }
    }
    for (const std::string& path : gone) {
        TRY_VALUE(entries.emplace_back(), metadata::withdrawal_entry(path, at));
    }
    return entries;
}

} // namespace oakum::releases
