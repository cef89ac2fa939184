// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <contract/row_maker.hpp>
#include <contract/row_text.hpp>
#include <device/ids.hpp>
#include <ports/rows.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

// The rules of store_contract.hpp in their plainest form, to compare stores with; and random rows whose keys
// meet.
namespace oakum::contract {

class Model {
  public:
    struct Entry {
        ports::TenantId tenant;
        ports::ShardId shard;
        ports::Row row;
    };

    base::Result<std::uint64_t> commit(const ports::Batch& batch) {
        Model next = *this;
        for (const auto& part : batch.shards)
            for (const auto& row : part.rows)
                if (!next.apply(part.tenant, part.shard, row)) return base::conflict("the model says so");
        *this = std::move(next);
        return changes_.size();
    }
    // False, and nothing is changed, when the row conflicts.
    bool apply(ports::TenantId tenant, ports::ShardId shard, const ports::Row& row) {
        return std::visit([&](const auto& r) { return put(tenant, shard, r); }, row);
    }
    std::uint64_t newest_audit(ports::TenantId tenant) const {
        const auto found = newest_audit_.find(tenant);
        return found == newest_audit_.end() ? 0 : found->second.number;
    }
    bool has_device(ports::TenantId tenant, ports::DeviceId id) const {
        return stored<ports::DeviceRow>(tenant, device::shard_of(tenant, id), RowText("device")("id", id)) !=
               nullptr;
    }
    template <class Row>
    std::uint64_t control_version(ports::TenantId tenant, const char* kind, const Row& row) const {
        const auto* found = stored<Row>(tenant, device::kControlShard, RowText(kind)("id", row.id));
        return found == nullptr ? 0 : found->row_version;
    }
    // What load_all gives.
    std::vector<Entry> open_rows() const {
        std::vector<Entry> out;
        for (const auto& [key, entry] : rows_)
            out.push_back(entry);
        for (const auto& [tenant, row] : newest_audit_)
            out.push_back({tenant, device::kControlShard, row});
        return out;
    }
    std::set<std::pair<ports::TenantId, ports::ShardId>> shards() const {
        std::set<std::pair<ports::TenantId, ports::ShardId>> out;
        for (const auto& entry : open_rows())
            out.insert({entry.tenant, entry.shard});
        return out;
    }
    const std::vector<ports::ChangeRow>& changes() const { return changes_; }

  private:
    using TenantId = ports::TenantId;
    using ShardId = ports::ShardId;

    static std::string place(TenantId tenant, ShardId shard) {
        return std::to_string(tenant.get()) + "/" + std::to_string(shard.get());
    }
    template <class Row> const Row* stored(TenantId tenant, ShardId shard, const RowText& key) const {
        const auto found = rows_.find(place(tenant, shard) + key.text());
        return found == rows_.end() ? nullptr : &std::get<Row>(found->second.row);
    }
    void set(TenantId tenant, ShardId shard, const RowText& key, ports::Row row) {
        rows_.insert_or_assign(place(tenant, shard) + key.text(), Entry{tenant, shard, std::move(row)});
    }
    template <class Row>
    bool compare_and_set(TenantId tenant, ShardId shard, const RowText& key, const Row& row) {
        if (row.row_version != 0) {
            const Row* found = stored<Row>(tenant, shard, key);
            if ((found == nullptr ? 0 : found->row_version) != row.row_version - 1) return false;
        }
        set(tenant, shard, key, row);
        return true;
    }
    void erase(TenantId tenant, ShardId shard, const RowText& key) {
        rows_.erase(place(tenant, shard) + key.text());
    }
    template <class Row> void interval(TenantId tenant, ShardId shard, const RowText& key, const Row& row) {
        const auto found = rows_.find(place(tenant, shard) + key.text());
        if (!row.to)
            set(tenant, shard, key, row);
        else if (found != rows_.end() && std::get<Row>(found->second.row).from == row.from)
            rows_.erase(found);
    }
    template <class Row> bool control(TenantId tenant, const RowText& key, const Row& row) {
        set(tenant, device::kControlShard, key, row);
        return true;
    }

    bool put(TenantId t, ShardId s, const ports::DeviceRow& r) {
        return compare_and_set(t, s, RowText("device")("id", r.id), r);
    }
    bool put(TenantId t, ShardId s, const ports::FactRow& r) {
        const auto key = RowText("fact")("device", r.device)("key", r.fact.key).text();
        if (r.fact.value.empty())
            erase(t, s, RowText(key));
        else
            set(t, s, RowText(key), r);
        return true;
    }
    bool put(TenantId, ShardId, const ports::DeviceEventRow&) { return true; }
    bool put(TenantId, ShardId, const ports::DeviceSetRow&) { return true; }
    bool put(TenantId t, ShardId s, const ports::DeploymentRow& r) {
        const auto key = RowText("deployment")("device", r.device)("id", r.id).text();
        return compare_and_set(t, s, RowText(key), r);
    }
    bool put(TenantId t, ShardId s, const ports::GateCountRow& r) {
        const auto key = RowText("gate")("rollout", r.rollout)("wave", r.wave)("stratum", r.stratum).text();
        set(t, s, RowText(key), r);
        return true;
    }
    bool put(TenantId t, ShardId, const ports::ComponentRow& r) {
        const auto key = RowText("component")("id", r.id).text();
        if (rows_.count(place(t, device::kControlShard) + key) == 0) control(t, RowText(key), r);
        return true;
    }
    bool put(TenantId t, ShardId, const ports::SoftwareSetRow& r) {
        const auto key = RowText("software set")("id", r.id).text();
        if (rows_.count(place(t, device::kControlShard) + key) == 0) control(t, RowText(key), r);
        return true;
    }
    bool put(TenantId t, ShardId, const ports::FirmwareRow& r) {
        return control(t, RowText("firmware")("model", r.model)("version", r.version), r);
    }
    bool put(TenantId t, ShardId, const ports::SetFindingRow& r) {
        const auto key =
            RowText("finding")("set", r.set)("advisory", r.advisory)("component", r.component).text();
        interval(t, device::kControlShard, RowText(key), r);
        return true;
    }
    template <class Row> bool versioned(TenantId t, const char* kind, const Row& r) {
        return compare_and_set(t, device::kControlShard, RowText(kind)("id", r.id), r);
    }
    bool put(TenantId t, ShardId, const ports::GroupRow& r) { return versioned(t, "group", r); }
    bool put(TenantId t, ShardId, const ports::ReleaseRow& r) { return versioned(t, "release", r); }
    bool put(TenantId t, ShardId, const ports::RolloutRow& r) { return versioned(t, "rollout", r); }
    bool put(TenantId t, ShardId, const ports::UserRow& r) { return versioned(t, "user", r); }
    bool put(TenantId t, ShardId, const ports::TokenRow& r) { return versioned(t, "token", r); }
    bool put(TenantId t, ShardId, const ports::ArtifactRow& r) {
        return control(t, RowText("artifact")("digest", r.digest), r);
    }
    bool put(TenantId, ShardId, const ports::RolloutDecisionRow&) { return true; }
    bool put(TenantId t, ShardId, const ports::AuditRow& r) {
        const auto found = newest_audit_.find(t);
        if (r.number != (found == newest_audit_.end() ? 0 : found->second.number) + 1) return false;
        newest_audit_.insert_or_assign(t, r);
        return true;
    }
    bool put(TenantId t, ShardId, const ports::JobRow& r) {
        return control(t, RowText("job")("id", r.id), r);
    }
    bool put(TenantId t, ShardId, const ports::EditRow& r) { return versioned(t, "edit", r); }
    bool put(TenantId, ShardId, const ports::EditedDeviceRow&) { return true; }
    bool put(TenantId t, ShardId, const ports::FeedRow& r) {
        return control(t, RowText("feed")("name", r.name), r);
    }
    bool put(TenantId t, ShardId, const ports::DocumentRow& r) {
        const auto key = RowText("document")("name", r.name).text();
        if (r.body.empty())
            erase(t, device::kControlShard, RowText(key));
        else
            control(t, RowText(key), r);
        return true;
    }
    bool put(TenantId, ShardId, const ports::FiguresRow&) { return true; }
    bool put(TenantId, ShardId, const ports::MarkRow&) { return true; }
    bool put(TenantId t, ShardId, const ports::IdempotencyRow& r) {
        return control(t, RowText("idempotency")("key", r.key), r);
    }
    bool put(TenantId t, ShardId, const ports::AlarmRow& r) { return versioned(t, "alarm", r); }
    bool put(TenantId t, ShardId, const ports::ChannelRow& r) { return versioned(t, "channel", r); }
    bool put(TenantId t, ShardId, const ports::MessageRow& r) {
        return control(t, RowText("message")("id", r.id), r);
    }
    bool put(TenantId t, ShardId, const ports::ExceptionRow& r) { return versioned(t, "exception", r); }
    bool put(TenantId t, ShardId, const ports::NoticeRow& r) { return versioned(t, "notice", r); }
    bool put(TenantId, ShardId, const ports::ChangeRow& r) {
        changes_.push_back(r);
        return true;
    }

    std::map<std::string, Entry> rows_;
    std::map<TenantId, ports::AuditRow> newest_audit_;
    std::vector<ports::ChangeRow> changes_;
};

// A few keys of each kind, so that rows of one batch and of later ones meet.
class ModelKeys {
  public:
    explicit ModelKeys(RowMaker& make) {
        for (int n = 0; n < 4; ++n) {
            devices_.push_back(make.id<ports::DeviceId>());
            ids_.push_back(base::Id128{make.u64(), make.u64()});
            digests_.push_back(make.digest());
            names_.push_back(make.name());
        }
        names_.push_back("größe");
    }

    // Rows of some devices' shards, mixed with control rows; most batches are such that the model accepts
    // them.
    ports::Batch random_batch(RowMaker& make, const Model& model,
                              const std::vector<ports::TenantId>& tenants) {
        ports::Batch batch;
        Model draft = model;
        for (std::uint64_t parts = 1 + make.below(3); parts > 0; --parts) {
            const auto tenant = tenants[make.below(tenants.size())];
            const auto device = devices_[make.below(devices_.size())];
            ports::ShardRows part{tenant, device::shard_of(tenant, device), {}};
            const auto add = [&](ports::Row row) {
                draft.apply(tenant, part.shard, row);
                part.rows.push_back(std::move(row));
            };
            if (!draft.has_device(tenant, device)) add(make.device(device, 0));
            for (std::uint64_t n = 1 + make.below(12); n > 0; --n)
                add(random_row(make, draft, tenant, device, part.shard));
            batch.shards.push_back(std::move(part));
        }
        return batch;
    }

  private:
    template <class Id> Id id(RowMaker& make) { return Id(ids_[make.below(ids_.size())]); }
    base::Digest256 digest(RowMaker& make) { return digests_[make.below(digests_.size())]; }
    std::string name(RowMaker& make) { return names_[make.below(names_.size())]; }
    base::TimePoint later(RowMaker& make) {
        // Mostly forward, at times the same moment or back.
        now_ += static_cast<std::int64_t>(make.below(10)) - 1;
        return base::from_unix_ms(now_);
    }
    // The next version mostly, at times a replacement, rarely a conflict.
    template <class Row>
    Row versioned(RowMaker& make, const Model& draft, ports::TenantId tenant, const char* kind, Row row) {
        if (make.below(3) != 0)
            row.row_version = draft.control_version(tenant, kind, row) + (make.below(30) == 0 ? 2 : 1);
        return row;
    }

    ports::Row random_row(RowMaker& make, const Model& draft, ports::TenantId tenant, ports::DeviceId device,
                          ports::ShardId shard) {
        switch (make.below(30)) {
        case 0:
            return make.device(device, 0);
        case 1: {
            ports::FactRow fact{device, make.fact(name(make))};
            if (make.below(4) == 0) fact.fact.value.clear();
            return fact;
        }
        case 2:
            return make.event(device, later(make));
        case 3: {
            const auto layer = make.pick(ports::Layer::delta);
            const auto from = later(make);
            ports::DeviceSetRow row{device, layer, ports::SetId(digest(make)), from, std::nullopt};
            if (make.below(4) == 0) row.to = from + base::Duration(5);
            return row;
        }
        case 4:
            return make.deployment(id<ports::DeploymentId>(make), device, 0);
        case 5:
            return make.gate_count(id<ports::RolloutId>(make), static_cast<std::uint32_t>(make.below(3)),
                                   name(make));
        case 6:
            return make.component(ports::ComponentId(digest(make)));
        case 7:
            return make.software_set(ports::SetId(digest(make)));
        case 8:
            return make.firmware(name(make), name(make));
        case 9: {
            auto row = make.finding(ports::SetId(digest(make)), name(make), ports::ComponentId(digest(make)),
                                    later(make));
            if (make.below(4) == 0) row.to = row.from + base::Duration(5);
            return row;
        }
        case 10:
            return versioned(make, draft, tenant, "group", make.group(id<ports::GroupId>(make), 0));
        case 11:
            return make.artifact(digest(make));
        case 12:
            return versioned(make, draft, tenant, "release", make.release(id<ports::ReleaseId>(make), 0));
        case 13:
            return versioned(make, draft, tenant, "rollout", make.rollout(id<ports::RolloutId>(make), 0));
        case 14:
            return ports::RolloutDecisionRow{id<ports::RolloutId>(make), later(make), make.text(),
                                             make.text()};
        case 15:
            return versioned(make, draft, tenant, "user", make.user(id<ports::UserId>(make), 0));
        case 16:
            return versioned(make, draft, tenant, "token", make.token(id<ports::TokenId>(make), 0));
        case 17:
            return make.audit(draft.newest_audit(tenant) + (make.below(30) == 0 ? 2 : 1));
        case 18:
            return make.job(name(make));
        case 19:
            return make.feed(name(make));
        case 20:
            return ports::DocumentRow{name(make), make.text()};
        case 21:
            return make.idempotency(name(make));
        case 22:
            return make.figures(id<ports::GroupId>(make), later(make));
        case 23:
            return make.mark(later(make), id<ports::GroupId>(make));
        case 24:
            return versioned(make, draft, tenant, "alarm", make.alarm(id<ports::AlarmId>(make), 0));
        case 25:
            return versioned(make, draft, tenant, "channel", make.channel(id<ports::ChannelId>(make), 0));
        case 26:
            return make.message(id<ports::MessageId>(make));
        case 27:
            return versioned(make, draft, tenant, "edit", make.edit(id<ports::EditId>(make), 0));
        case 28:
            return make.edited(id<ports::EditId>(make), device);
        default:
            return make.change(shard);
        }
    }

    std::vector<ports::DeviceId> devices_;
    std::vector<base::Id128> ids_;
    std::vector<base::Digest256> digests_;
    std::vector<std::string> names_;
    std::int64_t now_ = 1'700'000'000'000;
};

} // namespace oakum::contract
