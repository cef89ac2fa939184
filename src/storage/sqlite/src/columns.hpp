// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"
#include "enums.hpp"
#include "packed.hpp"
#include "tables.hpp"

#include <base/id.hpp>

#include <array>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace oakum::sqlite {

// Collects the names of the columns that it visits.
class Names {
  public:
    template <class T> void operator()(const char* name, const T&) { names.emplace_back(name); }
    std::vector<std::string> names;
};

// Binds fields to a statement's parameters in order. Outlives the step that follows, since it holds the bytes
// of ids and packed values. A zero id or digest outside a key is NULL.
class Bind {
  public:
    Bind(Statement& statement, int first) : statement_(statement), next_(first) {}
    void keys_end() { in_key_ = false; }

    void operator()(const char*, const std::string& value) {
        statement_.bind(next_++, std::string_view(value));
    }
    void operator()(const char*, base::TimePoint value) { statement_.bind(next_++, base::unix_ms(value)); }
    void operator()(const char*, const std::optional<base::TimePoint>& value) {
        if (value)
            statement_.bind(next_++, base::unix_ms(*value));
        else
            statement_.bind_null(next_++);
    }
    template <class Number>
        requires std::is_integral_v<Number> || std::is_enum_v<Number>
    void operator()(const char*, Number value) {
        statement_.bind(next_++, static_cast<std::int64_t>(value));
    }
    void operator()(const char*, ports::ShardId value) {
        statement_.bind(next_++, std::int64_t{value.get()});
    }
    template <class Tag> void operator()(const char*, const base::Id<Tag>& value) {
        if (!in_key_ && value.is_zero()) return statement_.bind_null(next_++);
        statement_.bind(next_++, base::ByteView(ids_.at(used_++) = base::to_bytes(value.get())));
    }
    void operator()(const char*, const base::Digest256& value) {
        if (!in_key_ && value == base::Digest256{}) return statement_.bind_null(next_++);
        statement_.bind(next_++, base::ByteView(value.bytes));
    }
    template <class Tag> void operator()(const char* name, const base::Strong<Tag, base::Digest256>& value) {
        (*this)(name, value.get());
    }
    template <class Packed>
        requires requires(const Packed& value) { pack(value); }
    void operator()(const char*, const Packed& value) {
        statement_.bind(next_++, base::ByteView(packed_.emplace_back(pack(value))));
    }

  private:
    Statement& statement_;
    int next_;
    bool in_key_ = true;
    std::size_t used_ = 0;
    std::array<std::array<std::uint8_t, 16>, 8> ids_;
    std::vector<base::Bytes> packed_; // their bytes stay where they are when it grows
};

// Reads fields from a statement's columns in order; the first column that holds what no binary wrote is
// remembered.
class Read {
  public:
    Read(const Statement& statement, int first, const char* table)
        : statement_(statement), next_(first), table_(table) {}

    void operator()(const char*, std::string& out) { out.assign(statement_.text(next_++)); }
    void operator()(const char*, base::TimePoint& out) {
        out = base::from_unix_ms(statement_.integer(next_++));
    }
    void operator()(const char*, std::optional<base::TimePoint>& out) {
        if (statement_.is_null(next_))
            out.reset();
        else
            out = base::from_unix_ms(statement_.integer(next_));
        ++next_;
    }
    template <class Number>
        requires std::is_integral_v<Number>
    void operator()(const char* name, Number& out) {
        const std::int64_t value = statement_.integer(next_++);
        out = static_cast<Number>(value);
        if (static_cast<std::int64_t>(out) != value) damaged(name);
    }
    template <class Enum>
        requires std::is_enum_v<Enum>
    void operator()(const char* name, Enum& out) {
        const std::int64_t value = statement_.integer(next_++);
        if (value < 0 || value > static_cast<std::int64_t>(last_of<Enum>)) return damaged(name);
        out = static_cast<Enum>(value);
    }
    void operator()(const char* name, ports::ShardId& out) {
        std::uint16_t value = 0;
        (*this)(name, value);
        out = ports::ShardId(value);
    }
    template <class Tag> void operator()(const char* name, base::Id<Tag>& out) {
        std::array<std::uint8_t, 16> bytes{};
        fixed(name, bytes);
        out = base::Id<Tag>(base::id128_from_bytes(bytes));
    }
    void operator()(const char* name, base::Digest256& out) { fixed(name, out.bytes); }
    template <class Tag> void operator()(const char* name, base::Strong<Tag, base::Digest256>& out) {
        base::Digest256 digest;
        fixed(name, digest.bytes);
        out = base::Strong<Tag, base::Digest256>(digest);
    }
    template <class Packed>
        requires requires(Packed& value) { unpack(base::ByteView(), value); }
    void operator()(const char* name, Packed& out) {
        if (!unpack(statement_.blob(next_++), out).ok()) damaged(name);
    }

    base::Status status() const {
        if (damaged_ == nullptr) return {};
        return base::corrupt("the store holds a value that this version of Oakum cannot read: run the "
                             "version that wrote "
                             "it, or restore a backup")
            .at(std::string(table_) + "." + damaged_);
    }

  private:
    void damaged(const char* name) {
        if (damaged_ == nullptr) damaged_ = name;
    }
    template <std::size_t N> void fixed(const char* name, std::array<std::uint8_t, N>& out) {
        const auto bytes = statement_.blob(next_++);
        if (bytes.empty()) return out.fill(0);
        if (bytes.size() != N) return damaged(name);
        std::memcpy(out.data(), bytes.data(), N);
    }
    const Statement& statement_;
    int next_;
    const char* table_;
    const char* damaged_ = nullptr;
};

template <class Row> std::vector<std::string> key_columns() {
    Names names;
    const Row row{};
    Table<Row>::key(names, row);
    return std::move(names.names);
}
template <class Row> std::vector<std::string> rest_columns() {
    Names names;
    const Row row{};
    Table<Row>::rest(names, row);
    return std::move(names.names);
}
std::string join(const std::vector<std::string>& parts, const char* between);

// "tenant, shard, device, lifecycle, ..." in the order of Bind and Read.
template <class Row> std::vector<std::string> place_columns() {
    if constexpr (Table<Row>::scope == Scope::shard)
        return {"tenant", "shard"};
    else
        return {"tenant"};
}

template <class Row> base::Status read_row(const Statement& statement, int first, Row& row) {
    Read read(statement, first, Table<Row>::name);
    Table<Row>::key(read, row);
    Table<Row>::rest(read, row);
    return read.status();
}

// "SELECT <key and rest columns> FROM <table> "
template <class Row> std::string select_from() {
    auto columns = key_columns<Row>();
    for (auto& name : rest_columns<Row>())
        columns.push_back(std::move(name));
    return "SELECT " + join(columns, ", ") + " FROM " + Table<Row>::name + " ";
}

} // namespace oakum::sqlite
