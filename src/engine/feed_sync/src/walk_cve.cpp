// SPDX-License-Identifier: Apache-2.0
// The CVE list's releases on GitHub: an archive of everything as of a midnight, and archives of what changed
// on a day (until an hour, and in the end the whole day). The archives stand one behind the other in one
// file; of two records with one id the newer counts.
#include "download.hpp"

#include <source_pages/cve_releases.hpp>

#include <algorithm>

namespace oakum::feed_sync {

using source::Source;
using source_pages::CveAsset;

namespace {

constexpr std::uint64_t kLargestList = std::uint64_t{32} << 20;
constexpr base::Duration kWholeAnew =
    std::chrono::hours(24 * 7); // a day's changes add up to more than the whole in time

// What is to be fetched, in order, after what is held or instead of it.
struct Plan {
    bool whole = false;
    std::vector<const CveAsset*> assets;
    std::string mark; // the newest of them
};

std::string day_after(const std::string& day) {
    const auto at = base::parse_time(day);
    return at.ok() ? base::to_date(*at + std::chrono::hours(24)) : "";
}

const CveAsset* find(const std::vector<CveAsset>& assets, CveAsset::Kind kind, const std::string& day) {
    const auto found = std::ranges::find_if(
        assets, [&](const CveAsset& asset) { return asset.kind == kind && asset.day == day; });
    return found == assets.end() ? nullptr : &*found;
}

std::string newest_day(const std::vector<CveAsset>& assets, CveAsset::Kind kind) {
    std::string newest;
    for (const CveAsset& asset : assets)
        if (asset.kind == kind) newest = std::max(newest, asset.day);
    return newest;
}

// What changed on the day, as far as it is told: the newest stands first.
const CveAsset* changes_of(const std::vector<CveAsset>& assets, const std::string& day) {
    if (const CveAsset* whole_day = find(assets, CveAsset::Kind::changes_of_day, day)) return whole_day;
    return find(assets, CveAsset::Kind::changes, day);
}

// Days that follow each other from the one of the mark on; nothing when one of them is not told any more.
std::optional<Plan> changes_since(const std::vector<CveAsset>& assets, const std::string& mark,
                                  const std::string& today) {
    Plan plan;
    plan.mark = mark;
    for (std::string day = mark.substr(0, 10); !day.empty() && day <= today; day = day_after(day)) {
        const CveAsset* changes = changes_of(assets, day);
        if (changes == nullptr || (day < today && changes->kind != CveAsset::Kind::changes_of_day)) {
            if (changes == nullptr && day == today) break; // nothing changed yet today
            return std::nullopt;
        }
        if (changes->name == mark) continue;
        plan.assets.push_back(changes);
        plan.mark = changes->name;
    }
    return plan;
}

base::Result<Plan> plan_of(const std::vector<CveAsset>& assets, const PartState* held, base::TimePoint now) {
    const std::string today =
        std::max(newest_day(assets, CveAsset::Kind::all), newest_day(assets, CveAsset::Kind::changes));
    if (held != nullptr && held->whole_at && now - *held->whole_at < kWholeAnew && *held->whole_at <= now &&
        held->mark.size() > 10)
        if (auto plan = changes_since(assets, held->mark, today)) return *std::move(plan);
    Plan plan;
    plan.whole = true;
    const std::string day = newest_day(assets, CveAsset::Kind::all);
    if (day.empty()) return base::invalid("the list of releases names no archive of all CVEs");
    plan.assets.push_back(find(assets, CveAsset::Kind::all, day));
    plan.mark = plan.assets.back()->name;
    if (const CveAsset* changes = changes_of(assets, day)) {
        plan.assets.push_back(changes);
        plan.mark = changes->name;
    }
    return plan;
}

base::Status append(Tools& tools, const std::string& name, ports::PartialFeed& to) {
    return tools.files.read(name, [&to](base::ByteView piece) { return to.write(piece); });
}

base::Status run(Tools& tools, const Source& source, const PartState* held, Fetched& fetched,
                 Failed& failed) {
    Wanted list;
    list.url = source.url + (source.url.find('?') == std::string::npos ? "?" : "&") + "per_page=100";
    if (!source.key.empty()) list.key = {"Authorization", "Bearer " + source.key};
    TRY_VALUE(const std::string text, download_text(tools, list, kLargestList, failed));
    TRY_VALUE(const std::vector<CveAsset> assets, source_pages::read_cve_releases(text));
    const base::TimePoint now = tools.clock.now();
    TRY_VALUE(const Plan plan, plan_of(assets, is_here(tools, held) ? held : nullptr, now));
    fetched.state = held != nullptr ? *held : PartState{};
    if (plan.assets.empty()) {
        fetched.same = true;
        return {};
    }
    // Each is fetched whole first, and may be gone on with; what is put together of them is made anew.
    TRY_VALUE(const std::unique_ptr<ports::PartialFeed> file, tools.files.resume(download_name(source.name)));
    TRY(file->cut(0));
    if (!plan.whole) TRY(append(tools, held->kept, *file));
    for (const CveAsset* asset : plan.assets) {
        Wanted wanted;
        wanted.url = asset->url;
        wanted.download = download_name(source.name + "." + asset->name);
        wanted.told = asset->name;
        TRY_VALUE(const auto version, download(tools, wanted, failed));
        if (!version) return base::unavailable("it answered that nothing changed, though nothing was held");
        TRY_VALUE(const std::unique_ptr<ports::PartialFeed> part, tools.files.resume(wanted.download));
        TRY_VALUE(const std::string incoming, part->finish());
        const base::Status added = append(tools, incoming, *file);
        TRY(tools.files.discard(incoming));
        TRY(added);
    }
    fetched.whole = plan.whole;
    fetched.state.url = source.url;
    fetched.state.mark = plan.mark;
    if (plan.whole) {
        fetched.state.whole_at = now;
        fetched.records_before = fetched.state.whole_records;
    }
    TRY_VALUE(fetched.incoming, file->finish());
    return {};
}

} // namespace

void walk_cve(Tools& tools, const Source& source, const SourceState& held, Walked& walked) {
    walk_part(source, held, "cvelist.zip", walked,
              [&](const PartState* part, Fetched& fetched, Failed& failed) {
                  return run(tools, source, part, fetched, failed);
              });
}

} // namespace oakum::feed_sync
