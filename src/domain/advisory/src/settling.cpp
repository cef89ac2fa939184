// SPDX-License-Identifier: Apache-2.0
// Which of the records that speak of one thing count.
#include "compiler_state.hpp"

#include <algorithm>
#include <unordered_map>

namespace oakum::advisory {

namespace {

// What at most one record of a source is about.
struct Place {
    std::uint32_t id = 0, part = 0, publisher = 0;
    Source source = Source::nvd;
    bool operator==(const Place&) const = default;
};
struct PlaceHash {
    std::size_t operator()(const Place& place) const {
        const auto both = static_cast<std::uint64_t>(place.id) << 32U | place.part;
        const auto whose =
            static_cast<std::uint64_t>(place.publisher) << 8U | static_cast<std::uint64_t>(place.source);
        return std::hash<std::uint64_t>{}((both ^ whose) * 0x9E3779B97F4A7C15ULL);
    }
};

} // namespace

// A revision of a CSAF document takes the place of the whole of an older one, with what it no longer speaks
// of.
void AdvisoryCompiler::State::settle_revisions() {
    std::unordered_map<std::uint64_t, base::TimePoint> newest; // by publisher and id
    const auto document = [](const Kept& record) {
        return static_cast<std::uint64_t>(record.publisher) << 32U | record.id;
    };
    for (const auto& record : records)
        if (record.source == Source::csaf) {
            auto& at = newest.try_emplace(document(record), record.modified).first->second;
            at = std::max(at, record.modified);
        }
    for (auto& record : records)
        if (record.source == Source::csaf && record.modified < newest.at(document(record))) {
            ++stats.replaced;
            record.live = record.judges = false;
        }
}

// Of one source's records with one id (and part) the newest decides; a newest one that says nothing about
// products leaves the statements of the one before in force (a record that NVD later defers keeps its
// configurations).
void AdvisoryCompiler::State::settle_duplicates() {
    std::unordered_map<Place, std::uint32_t, PlaceHash> newest;
    for (std::uint32_t i = 0; i < records.size(); ++i) {
        auto& record = records[i];
        if (!record.live) continue;
        if (record.source == Source::apple) continue; // each system's feed adds its releases to the CVE
        const auto [found, fresh] =
            newest.try_emplace(Place{record.id, record.part, record.publisher, record.source}, i);
        if (fresh) continue;
        ++stats.replaced;
        const bool newer = record.modified >= records[found->second].modified;
        auto& later = newer ? record : records[found->second];
        auto& earlier = newer ? records[found->second] : record;
        if (later.withdrawn) {
            earlier.live = earlier.judges = false;
        } else if (later.speaks) {
            earlier.judges = false;
        } else if (earlier.judges && earlier.speaks) {
            later.judges = false; // has no rules; the earlier stays in force
            later.speaks = true;
        }
        found->second = newer ? i : found->second;
    }
}

// A CVE id that was rejected has no meaning for either of its catalogues.
void AdvisoryCompiler::State::settle_rejected() {
    std::vector<std::uint32_t> rejected;
    for (auto& record : records) {
        if (!record.withdrawn) continue;
        ++stats.withdrawn;
        if (record.live && (record.source == Source::nvd || record.source == Source::cve5))
            rejected.push_back(record.id);
        record.live = record.judges = false;
    }
    std::sort(rejected.begin(), rejected.end());
    for (auto& record : records)
        if ((record.source == Source::nvd || record.source == Source::cve5) &&
            std::binary_search(rejected.begin(), rejected.end(), record.id))
            record.live = record.judges = false;
}

} // namespace oakum::advisory
