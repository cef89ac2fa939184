// SPDX-License-Identifier: Apache-2.0
#include <tzif/zone_file.hpp>

#include "footer.hpp"

#include <array>
#include <limits>

namespace oakum::tzif {
namespace {

base::Error wrong(const std::string& why) {
    return base::invalid("this is no time zone file: " + why);
}

std::int64_t big_endian(base::ByteView bytes) {
    std::uint64_t value = (bytes.front() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const std::uint8_t byte : bytes)
        value = value << 8 | byte;
    return static_cast<std::int64_t>(value);
}

struct Header {
    char version = 0;
    std::uint32_t is_utc = 0, is_standard = 0, leaps = 0, times = 0, types = 0, chars = 0;
    // Of the block that follows.
    std::uint64_t length(std::uint64_t time_size) const {
        return std::uint64_t{times} * (time_size + 1) + std::uint64_t{types} * 6 + chars +
               std::uint64_t{leaps} * (time_size + 4) + is_standard + is_utc;
    }
};

base::Result<Header> header_at(base::ByteView file, std::size_t at) {
    constexpr std::size_t size = 44;
    if (file.size() < at + size) return wrong("it ends too early");
    const base::ByteView bytes = file.subspan(at, size);
    if (base::as_text(bytes.first(4)) != "TZif") return wrong("it does not begin with TZif");
    Header header;
    header.version = static_cast<char>(bytes[4]);
    std::size_t place = 20;
    for (std::uint32_t* count :
         {&header.is_utc, &header.is_standard, &header.leaps, &header.times, &header.types, &header.chars}) {
        *count = static_cast<std::uint32_t>(big_endian(bytes.subspan(place, 4)));
        place += 4;
    }
    if (header.times > kMaxChanges || header.types > 256 || header.leaps > 1'000 || header.chars > 4'096 ||
        header.is_utc > 256 || header.is_standard > 256)
        return base::too_large("a time zone file with too many parts");
    if (header.types == 0) return wrong("it has no offset");
    if (header.leaps != 0) return base::invalid("time zone files with leap seconds are not for wall clocks");
    return header;
}

base::Status read_block(base::ByteView block, const Header& header, std::size_t time_size,
                        schedule::ZoneRules& zone) {
    const base::ByteView kinds = block.subspan(header.times * time_size, header.times);
    const base::ByteView types = block.subspan(header.times * (time_size + 1), std::size_t{header.types} * 6);
    std::array<std::int32_t, 256> offsets{};
    for (std::size_t i = 0; i < header.types; ++i) {
        const std::int64_t offset = big_endian(types.subspan(i * 6, 4));
        if (offset < -26 * 3600 || offset > 26 * 3600) return wrong("an offset is beyond 26 hours");
        offsets.at(i) = static_cast<std::int32_t>(offset);
    }
    zone.first_offset = offsets[0];
    std::int64_t before = std::numeric_limits<std::int64_t>::min();
    // Within what a time point can hold.
    constexpr std::int64_t farthest = std::int64_t{1} << 40;
    for (std::size_t i = 0; i < header.times; ++i) {
        const std::int64_t at = big_endian(block.subspan(i * time_size, time_size));
        if (at <= before) return wrong("its changes do not rise");
        if (kinds[i] >= header.types) return wrong("a change names an offset that is not there");
        before = at;
        if (at < -farthest)
            zone.first_offset = offsets.at(kinds[i]);
        else if (at < farthest)
            zone.changes.push_back({at, offsets.at(kinds[i])});
    }
    return {};
}

} // namespace

base::Result<schedule::ZoneRules> parse(std::string_view name, base::ByteView file) {
    if (file.size() > kMaxFile) return base::too_large("a time zone file has at most 64 KiB");
    schedule::ZoneRules zone;
    zone.name = name;
    TRY_VALUE(const Header first, header_at(file, 0));
    constexpr std::size_t header_size = 44;
    std::size_t at = header_size;
    if (file.size() < at + first.length(4)) return wrong("it ends too early");
    if (first.version == 0) {
        TRY(read_block(file.subspan(at, first.length(4)), first, 4, zone));
        return zone;
    }
    if (first.version < '2' || first.version > '4') return wrong("its version is not known");
    at += first.length(4);
    TRY_VALUE(const Header second, header_at(file, at));
    at += header_size;
    if (file.size() < at + second.length(8)) return wrong("it ends too early");
    TRY(read_block(file.subspan(at, second.length(8)), second, 8, zone));
    at += second.length(8);
    const std::string_view rest = base::as_text(file.subspan(at));
    if (rest.size() < 2 || rest.front() != '\n' || rest.back() != '\n') return wrong("its end is missing");
    const std::string_view text = rest.substr(1, rest.size() - 2);
    if (text.empty()) return zone;
    TRY_VALUE(const Footer footer, parse_footer(text));
    add_changes(footer, zone.changes.empty() ? 0 : zone.changes.back().at, kLastYear, zone.changes);
    return zone;
}

} // namespace oakum::tzif
