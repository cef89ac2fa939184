// SPDX-License-Identifier: Apache-2.0
// OMA-TS-LightweightM2M_Core 1.1, 7.4.3.
#include "forms.hpp"

namespace oakum::lwm2m_data {
namespace {

enum class Kind : std::uint8_t { instance, resource_instance, multiple, resource };
struct Item {
    Kind kind = Kind::resource;
    std::uint16_t id = 0;
    std::string_view value;
};

class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    bool at_end() const { return bytes_.empty(); }

    base::Result<Item> next() {
        TRY_VALUE(const std::uint32_t type, number(1));
        Item item;
        item.kind = static_cast<Kind>(type >> 6U);
        TRY_VALUE(const std::uint32_t id, number((type & 0x20U) != 0 ? 2 : 1));
        item.id = static_cast<std::uint16_t>(id);
        std::uint32_t length = type & 7U;
        if (const std::uint32_t size = type >> 3U & 3U; size != 0) {
            TRY_VALUE(length, number(size));
        }
        if (length > bytes_.size()) return base::invalid("TLV ends too early");
        item.value = bytes_.substr(0, length);
        bytes_.remove_prefix(length);
        return item;
    }

  private:
    base::Result<std::uint32_t> number(std::size_t size) {
        if (bytes_.size() < size) return base::invalid("TLV ends too early");
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
            value = value << 8U | static_cast<std::uint8_t>(bytes_[i]);
        bytes_.remove_prefix(size);
        return value;
    }
    std::string_view bytes_;
};

// The path of the instance that items without one belong to: what was asked for, or the only instance.
Path instance_of(const Path& asked) {
    return asked.depth() >= 2 ? Path{asked.at(0), asked.at(1)} : Path{asked.object(), 0};
}

base::Status add(std::vector<Record>& records, const Path& path, std::string_view value) {
    if (records.size() == kMostRecords) return base::too_large("too many values");
    records.push_back({path, Raw{std::string(value)}});
    return {};
}

base::Status read_multiple(std::vector<Record>& records, const Path& resource, std::string_view bytes) {
    for (Reader reader(bytes); !reader.at_end();) {
        TRY_VALUE(const Item item, reader.next());
        if (item.kind != Kind::resource_instance)
            return base::invalid("TLV of a resource holds something else");
        TRY(add(records, resource.below(item.id), item.value));
    }
    return {};
}

base::Status read_resources(std::vector<Record>& records, const Path& instance, std::string_view bytes) {
    for (Reader reader(bytes); !reader.at_end();) {
        TRY_VALUE(const Item item, reader.next());
        if (item.kind == Kind::resource)
            TRY(add(records, instance.below(item.id), item.value));
        else if (item.kind == Kind::multiple)
            TRY(read_multiple(records, instance.below(item.id), item.value));
        else
            return base::invalid("TLV of an instance holds something else");
    }
    return {};
}

} // namespace

base::Result<std::vector<Record>> read_tlv(std::string_view bytes, const Path& asked) {
    if (asked.depth() == 0) return base::invalid("TLV does not say of which object it is");
    std::vector<Record> records;
    for (Reader reader(bytes); !reader.at_end();) {
        TRY_VALUE(const Item item, reader.next());
        switch (item.kind) {
        case Kind::instance:
            TRY(read_resources(records, Path{asked.object(), item.id}, item.value));
            break;
        case Kind::resource:
            TRY(add(records, instance_of(asked).below(item.id), item.value));
            break;
        case Kind::multiple:
            TRY(read_multiple(records, instance_of(asked).below(item.id), item.value));
            break;
        case Kind::resource_instance:
            if (asked.depth() < 3) return base::invalid("TLV of a resource that was not asked for");
            TRY(add(records, Path{asked.at(0), asked.at(1), asked.at(2)}.below(item.id), item.value));
            break;
        }
    }
    std::erase_if(records, [&](const Record& each) { return !each.path.is_below_or_same(asked); });
    return records;
}

std::string encode_tlv(std::uint16_t resource, std::string_view value) {
    const bool wide = resource > 0xff;
    const std::size_t size = value.size() < 8 ? 0 : value.size() <= 0xff ? 1 : value.size() <= 0xffff ? 2 : 3;
    std::string out(
        1, static_cast<char>(0xc0U | (wide ? 0x20U : 0U) | size << 3U | (size == 0 ? value.size() : 0)));
    if (wide) out += static_cast<char>(resource >> 8U);
    out += static_cast<char>(resource & 0xffU);
    for (std::size_t left = size; left > 0; --left)
        out += static_cast<char>(value.size() >> (8 * (left - 1)) & 0xffU);
    out += value;
    return out;
}

} // namespace oakum::lwm2m_data
