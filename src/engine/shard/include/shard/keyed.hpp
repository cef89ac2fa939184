// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <map>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

// What identifies a row of each control table within its tenant; the tables of the tenant's control shard are
// kept in memory whole.
namespace oakum::shard {

template <class Row> struct Keyed;
template <> struct Keyed<ports::FirmwareRow> {
    using Key = std::pair<std::string, std::string>; // model, version
    static Key of(const ports::FirmwareRow& row) { return {row.model, row.version}; }
};
template <> struct Keyed<ports::GroupRow> {
    using Key = ports::GroupId;
    static Key of(const ports::GroupRow& row) { return row.id; }
};
template <> struct Keyed<ports::ArtifactRow> {
    using Key = base::Digest256;
    static Key of(const ports::ArtifactRow& row) { return row.digest; }
};
template <> struct Keyed<ports::ReleaseRow> {
    using Key = ports::ReleaseId;
    static Key of(const ports::ReleaseRow& row) { return row.id; }
};
template <> struct Keyed<ports::RolloutRow> {
    using Key = ports::RolloutId;
    static Key of(const ports::RolloutRow& row) { return row.id; }
};
template <> struct Keyed<ports::UserRow> {
    using Key = ports::UserId;
    static Key of(const ports::UserRow& row) { return row.id; }
};
template <> struct Keyed<ports::TokenRow> {
    using Key = ports::TokenId;
    static Key of(const ports::TokenRow& row) { return row.id; }
};
// Only the newest audit record of a tenant is held: what the next one is chained to.
struct NewestAudit {
    auto operator<=>(const NewestAudit&) const = default;
    bool operator==(const NewestAudit&) const = default;
};
template <> struct Keyed<ports::AuditRow> {
    using Key = NewestAudit;
    static Key of(const ports::AuditRow&) { return {}; }
};
template <> struct Keyed<ports::JobRow> {
    using Key = std::string;
    static Key of(const ports::JobRow& row) { return row.id; }
};
template <> struct Keyed<ports::EditRow> {
    using Key = ports::EditId;
    static Key of(const ports::EditRow& row) { return row.id; }
};
template <> struct Keyed<ports::FeedRow> {
    using Key = std::string;
    static Key of(const ports::FeedRow& row) { return row.name; }
};
template <> struct Keyed<ports::DocumentRow> {
    using Key = std::string;
    static Key of(const ports::DocumentRow& row) { return row.name; }
};
template <> struct Keyed<ports::IdempotencyRow> {
    using Key = std::string;
    static Key of(const ports::IdempotencyRow& row) { return row.key; }
};

template <> struct Keyed<ports::AlarmRow> {
    using Key = ports::AlarmId;
    static Key of(const ports::AlarmRow& row) { return row.id; }
};
template <> struct Keyed<ports::ChannelRow> {
    using Key = ports::ChannelId;
    static Key of(const ports::ChannelRow& row) { return row.id; }
};
template <> struct Keyed<ports::MessageRow> {
    using Key = ports::MessageId;
    static Key of(const ports::MessageRow& row) { return row.id; }
};

template <> struct Keyed<ports::ExceptionRow> {
    using Key = ports::ExceptionId;
    static Key of(const ports::ExceptionRow& row) { return row.id; }
};
template <> struct Keyed<ports::NoticeRow> {
    using Key = std::string;
    static Key of(const ports::NoticeRow& row) { return row.id; }
};

template <class Row> using KeyOf = typename Keyed<Row>::Key;

// Shared because a reader may still hold a row that the writer has replaced meanwhile.
template <class Row> using Held = std::shared_ptr<const Row>;
template <class Row> using Table = std::map<std::pair<device::TenantId, KeyOf<Row>>, Held<Row>>;

using Tables = std::tuple<Table<ports::FirmwareRow>, Table<ports::GroupRow>, Table<ports::ArtifactRow>,
                          Table<ports::ReleaseRow>, Table<ports::RolloutRow>, Table<ports::UserRow>,
                          Table<ports::TokenRow>, Table<ports::AuditRow>, Table<ports::JobRow>,
                          Table<ports::FeedRow>, Table<ports::DocumentRow>, Table<ports::IdempotencyRow>,
                          Table<ports::AlarmRow>, Table<ports::ChannelRow>, Table<ports::MessageRow>,
                          Table<ports::EditRow>, Table<ports::ExceptionRow>, Table<ports::NoticeRow>>;

template <class Row, class = void> inline constexpr bool kIsControlRow = false;
template <class Row> inline constexpr bool kIsControlRow<Row, std::void_t<KeyOf<Row>>> = true;

// Rows whose row_version is checked inside the commit.
template <class Row>
concept Versioned = requires(Row row) { row.row_version; };

} // namespace oakum::shard
