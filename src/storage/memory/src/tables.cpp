// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory/tables.hpp>
#include <set>
#include <type_traits>

namespace oakum::memory {
namespace {

using namespace ports;

// Control rows belong to the tenant, wherever they stand in a batch.
template <class R>
inline constexpr bool kIsControl =
    !std::is_same_v<R, DeviceRow> && !std::is_same_v<R, FactRow> && !std::is_same_v<R, DeploymentRow> &&
    !std::is_same_v<R, GateCountRow> && !std::is_same_v<R, DeviceEventRow> &&
    !std::is_same_v<R, DeviceSetRow> && !std::is_same_v<R, EditedDeviceRow>;

template <class R>
inline constexpr bool kIsImmutable = std::is_same_v<R, ComponentRow> || std::is_same_v<R, SoftwareSetRow>;

template <class R>
concept HasVersion = requires(R row) { row.row_version; };

template <class Id> std::string raw(const Id& id) {
    const auto bytes = base::to_bytes(id.get());
    return {bytes.begin(), bytes.end()};
}
std::string raw(const base::Digest256& digest) {
    return {digest.bytes.begin(), digest.bytes.end()};
}

std::string key_of(const DeviceRow& r) {
    return raw(r.id);
}
std::string key_of(const FactRow& r) {
    return raw(r.device) + r.fact.key;
}
std::string key_of(const DeploymentRow& r) {
    return raw(r.device) + raw(r.id);
}
std::string key_of(const GateCountRow& r) {
    return raw(r.rollout) + std::to_string(r.wave) + "/" + r.stratum;
}
std::string key_of(const ComponentRow& r) {
    return raw(r.id.get());
}
std::string key_of(const SoftwareSetRow& r) {
    return raw(r.id.get());
}
std::string key_of(const FirmwareRow& r) {
    return std::to_string(r.model.size()) + "/" + r.model + r.version;
}
std::string key_of(const GroupRow& r) {
    return raw(r.id);
}
std::string key_of(const ArtifactRow& r) {
    return raw(r.digest);
}
std::string key_of(const ReleaseRow& r) {
    return raw(r.id);
}
std::string key_of(const RolloutRow& r) {
    return raw(r.id);
}
std::string key_of(const UserRow& r) {
    return raw(r.id);
}
std::string key_of(const TokenRow& r) {
    return raw(r.id);
}
std::string key_of(const JobRow& r) {
    return r.id;
}
std::string key_of(const EditRow& r) {
    return raw(r.id);
}
std::string key_of(const FeedRow& r) {
    return r.name;
}
std::string key_of(const DocumentRow& r) {
    return r.name;
}
std::string key_of(const IdempotencyRow& r) {
    return r.key;
}

std::string key_of(const AlarmRow& r) {
    return raw(r.id);
}
std::string key_of(const ChannelRow& r) {
    return raw(r.id);
}
std::string key_of(const MessageRow& r) {
    return raw(r.id);
}

std::string key_of(const ExceptionRow& r) {
    return raw(r.id);
}
std::string key_of(const NoticeRow& r) {
    return r.id;
}

template <class R>
concept HasKey = requires(const R& row) { key_of(row); };

bool deletes(const FactRow& r) {
    return r.fact.value.empty();
}
bool deletes(const DocumentRow& r) {
    return r.body.empty();
}
template <class R> bool deletes(const R&) {
    return false;
}

template <class R> std::size_t kind_of() {
    return Row(R{}).index();
}

template <class Rows> Rows newest(Rows rows, std::size_t limit) {
    if (rows.size() > limit) rows.resize(limit);
    return rows;
}

} // namespace

const Row* Tables::find(Place place, const Key& key) const {
    const auto rows = rows_.find(place);
    if (rows == rows_.end()) return nullptr;
    const auto at = rows->second.find(key);
    return at == rows->second.end() ? nullptr : &at->second;
}

base::Result<std::uint64_t> Tables::commit(const Batch& batch) {
    // First look, then change: versions and audit numbers as they will be row by row.
    std::map<std::pair<Place, Key>, std::uint64_t> versions;
    std::map<TenantId, std::uint64_t> numbers;
    for (const ShardRows& part : batch.shards)
        for (const Row& row : part.rows) {
            const bool follows = std::visit(
                [&]<class R>(const R& value) {
                    if constexpr (HasVersion<R>) {
                        const Place place{part.tenant, kIsControl<R> ? device::kControlShard : part.shard};
                        const Key key{row.index(), key_of(value)};
                        const auto at = versions.find({place, key});
                        const Row* stored = find(place, key);
                        const std::uint64_t now = at != versions.end() ? at->second
                                                  : stored == nullptr  ? 0
                                                                       : std::get<R>(*stored).row_version;
                        if (value.row_version != 0 && value.row_version - 1 != now) return false;
                        versions[{place, key}] = value.row_version;
                    } else if constexpr (std::is_same_v<R, AuditRow>) {
                        const auto [at, fresh] = numbers.try_emplace(part.tenant, 0);
                        if (fresh)
                            if (const auto log = audit_.find(part.tenant); log != audit_.end())
                                at->second = log->second.back().number;
                        if (value.number != at->second + 1) return false;
                        ++at->second;
                    }
                    return true;
                },
                row);
            if (!follows) return base::conflict("a row does not follow the stored one");
        }
    for (const ShardRows& part : batch.shards)
        for (const Row& row : part.rows)
            std::visit([&](const auto& value) { put({part.tenant, part.shard}, value); }, row);
    return changes_.size();
}

template <class R> void Tables::put(Place place, const R& row) {
    if constexpr (HasKey<R>) {
        if constexpr (kIsControl<R>) place.second = device::kControlShard;
        auto& rows = rows_[place];
        const Key key{kind_of<R>(), key_of(row)};
        if (deletes(row))
            rows.erase(key);
        else if constexpr (kIsImmutable<R>)
            rows.try_emplace(key, row);
        else
            rows.insert_or_assign(key, row);
    } else if constexpr (std::is_same_v<R, DeviceEventRow>) {
        events_[{place.first, row.device}].push_back(row);
    } else if constexpr (std::is_same_v<R, DeviceSetRow>) {
        interval(device_sets_[{place.first, row.device, row.layer}], row);
    } else if constexpr (std::is_same_v<R, SetFindingRow>) {
        interval(findings_[{place.first, row.set, row.advisory, row.component}], row);
    } else if constexpr (std::is_same_v<R, AuditRow>) {
        audit_[place.first].push_back(row);
    } else if constexpr (std::is_same_v<R, RolloutDecisionRow>) {
        decisions_[{place.first, row.rollout}].push_back(row);
    } else if constexpr (std::is_same_v<R, FiguresRow>) {
        figures_[{place.first, row.group, row.day}] = row;
    } else if constexpr (std::is_same_v<R, MarkRow>) {
        marks_.try_emplace({place.first, row.at, row.kind, row.subject, row.group}, row);
    } else if constexpr (std::is_same_v<R, EditedDeviceRow>) {
        edited_[{place.first, row.edit}].insert_or_assign({place.second, row.device}, row);
    } else {
        static_assert(std::is_same_v<R, ChangeRow>);
        changes_.emplace_back(place.first, row);
        changes_.back().second.number = changes_.size();
    }
}

template <class R> void Tables::interval(std::vector<R>& rows, const R& row) {
    if (!row.to)
        for (R& open : rows)
            if (!open.to && open.from != row.from) open.to = std::max(open.from, row.from);
    const auto same =
        std::find_if(rows.begin(), rows.end(), [&](const R& held) { return held.from == row.from; });
    if (same != rows.end())
        *same = row;
    else
        rows.push_back(row);
}

base::Status Tables::load(const Loader::Visit& visit) const {
    std::vector<Place> places;
    const auto add = [&](Place place) {
        if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    };
    for (const auto& [tenant, log] : audit_)
        add({tenant, device::kControlShard});
    for (const auto& [key, rows] : findings_)
        add({std::get<0>(key), device::kControlShard});
    for (const auto& [place, rows] : rows_)
        if (place.second == device::kControlShard) add(place);
    for (const auto& [place, rows] : rows_)
        add(place);
    for (const Place& place : places)
        TRY(load(place.first, place.second, visit));
    return {};
}

base::Status Tables::load(TenantId tenant, ShardId shard, const Loader::Visit& visit) const {
    if (const auto rows = rows_.find({tenant, shard}); rows != rows_.end())
        for (const auto& [key, row] : rows->second)
            TRY(visit(tenant, shard, Row(row)));
    if (shard == device::kControlShard) {
        for (const auto& [key, rows] : findings_)
            if (std::get<0>(key) == tenant)
                for (const SetFindingRow& row : rows)
                    if (!row.to) TRY(visit(tenant, shard, Row(row)));
        if (const auto log = audit_.find(tenant); log != audit_.end())
            TRY(visit(tenant, shard, Row(log->second.back())));
    }
    return {};
}

std::vector<DeviceEventRow> Tables::device_events(TenantId tenant, DeviceId device,
                                                  std::optional<base::TimePoint> before,
                                                  std::size_t limit) const {
    std::vector<DeviceEventRow> found;
    const auto at = events_.find({tenant, device});
    if (at == events_.end()) return found;
    for (auto row = at->second.rbegin(); row != at->second.rend(); ++row)
        if (!before || row->at < *before) found.push_back(*row);
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.at > b.at; });
    return newest(std::move(found), limit);
}

std::vector<DeviceSetRow> Tables::device_sets(TenantId tenant, DeviceId device) const {
    std::vector<DeviceSetRow> found;
    for (const Layer layer : {Layer::base, Layer::delta})
        if (const auto at = device_sets_.find({tenant, device, layer}); at != device_sets_.end())
            found.insert(found.end(), at->second.begin(), at->second.end());
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.from < b.from; });
    return found;
}

std::vector<DeploymentRow> Tables::deployments(TenantId tenant, DeviceId device, std::size_t limit) const {
    std::vector<DeploymentRow> found;
    if (const auto rows = rows_.find({tenant, device::shard_of(tenant, device)}); rows != rows_.end())
        for (const auto& [key, row] : rows->second)
            if (const auto* deployment = std::get_if<DeploymentRow>(&row);
                deployment && deployment->device == device)
                found.push_back(*deployment);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.offered_at > b.offered_at; });
    return newest(std::move(found), limit);
}

std::vector<DeviceHistory> Tables::device_histories(TenantId tenant, std::optional<DeviceId> after,
                                                    std::size_t limit) const {
    const auto place = [&](const DeviceId& id) { return std::pair(device::shard_of(tenant, id), id); };
    std::set<std::pair<ShardId, DeviceId>> places;
    const auto add = [&](const DeviceId& id) {
        if (!after || place(*after) < place(id)) places.insert(place(id));
    };
    for (const auto& [key, rows] : device_sets_)
        if (std::get<0>(key) == tenant) add(std::get<1>(key));
    for (const auto& [at, rows] : rows_)
        if (at.first == tenant)
            for (const auto& [key, row] : rows)
                if (const auto* deployment = std::get_if<DeploymentRow>(&row)) add(deployment->device);
    std::vector<DeviceHistory> histories;
    for (const auto& [shard, id] : places)
        if (histories.size() < limit)
            histories.push_back({id, device_sets(tenant, id), deployments(tenant, id, rows_.max_size())});
    return histories;
}

std::vector<DeploymentRow> Tables::deployments_of(TenantId tenant, RolloutId rollout) const {
    std::vector<DeploymentRow> found;
    for (const auto& [place, rows] : rows_)
        if (place.first == tenant)
            for (const auto& [key, row] : rows)
                if (const auto* deployment = std::get_if<DeploymentRow>(&row);
                    deployment && deployment->rollout == rollout)
                    found.push_back(*deployment);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.offered_at > b.offered_at; });
    return found;
}

std::vector<SetFindingRow> Tables::set_findings(TenantId tenant, SetId set, bool closed_too) const {
    std::vector<SetFindingRow> found;
    for (const auto& [key, rows] : findings_)
        if (std::get<0>(key) == tenant && std::get<1>(key) == set)
            for (const SetFindingRow& row : rows)
                if (closed_too || !row.to) found.push_back(row);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.from < b.from; });
    return found;
}

std::vector<AuditRow> Tables::audit(TenantId tenant, std::uint64_t after, std::size_t limit) const {
    std::vector<AuditRow> found;
    if (const auto log = audit_.find(tenant); log != audit_.end())
        for (const AuditRow& row : log->second)
            if (row.number > after && found.size() < limit) found.push_back(row);
    return found;
}

std::vector<ChangeRow> Tables::changes(TenantId tenant, std::uint64_t after, std::size_t limit) const {
    std::vector<ChangeRow> found;
    for (std::size_t i = static_cast<std::size_t>(after); i < changes_.size() && found.size() < limit; ++i)
        if (changes_[i].first == tenant) found.push_back(changes_[i].second);
    return found;
}

std::vector<EditedDeviceRow> Tables::edited_devices(TenantId tenant, EditId edit,
                                                    std::optional<DeviceId> after, std::size_t limit) const {
    std::vector<EditedDeviceRow> found;
    const auto rows = edited_.find({tenant, edit});
    if (rows == edited_.end()) return found;
    auto at =
        after ? rows->second.upper_bound({device::shard_of(tenant, *after), *after}) : rows->second.begin();
    for (; at != rows->second.end() && found.size() < limit; ++at)
        found.push_back(at->second);
    return found;
}

Loader::Changes Tables::newest_changes(std::size_t limit) const {
    const std::size_t held = std::min(limit, changes_.size());
    return {changes_.size(), {changes_.end() - static_cast<std::ptrdiff_t>(held), changes_.end()}};
}

std::vector<RolloutDecisionRow> Tables::decisions(TenantId tenant, RolloutId rollout) const {
    const auto at = decisions_.find({tenant, rollout});
    return at == decisions_.end() ? std::vector<RolloutDecisionRow>() : at->second;
}

std::vector<FiguresRow> Tables::figures(TenantId tenant, GroupId group, base::TimePoint from,
                                        base::TimePoint to) const {
    std::vector<FiguresRow> found;
    for (auto at = figures_.lower_bound({tenant, group, from});
         at != figures_.end() && at->first <= std::tuple(tenant, group, to); ++at)
        found.push_back(at->second);
    return found;
}

std::vector<FiguresRow> Tables::figures_of_day(TenantId tenant, base::TimePoint day) const {
    std::vector<FiguresRow> found;
    for (const auto& [key, row] : figures_)
        if (std::get<0>(key) == tenant && row.day == day) found.push_back(row);
    return found;
}

std::vector<MarkRow> Tables::marks(TenantId tenant, GroupId group, base::TimePoint from,
                                   base::TimePoint to) const {
    std::vector<MarkRow> found;
    for (auto at = marks_.lower_bound({tenant, from, "", "", GroupId()});
         at != marks_.end() && std::get<0>(at->first) == tenant && at->second.at < to; ++at)
        if (at->second.group == group || at->second.group.is_zero()) found.push_back(at->second);
    return found;
}

} // namespace oakum::memory
