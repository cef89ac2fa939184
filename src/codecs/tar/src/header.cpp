// SPDX-License-Identifier: Apache-2.0
#include <tar/header.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace oakum::tar {

namespace {

struct Field {
    std::size_t at, length;
};
// POSIX.1-2017, pax, "ustar Interchange Format".
constexpr Field kName{0, 100}, kMode{100, 8}, kUser{108, 8}, kGroup{116, 8}, kSize{124, 12},
    kChanged{136, 12}, kChecksum{148, 8}, kType{156, 1}, kMagic{257, 8}, kPrefix{345, 155};
constexpr std::string_view kUstar("ustar\00000", 8);
constexpr std::uint64_t kFirstBase256 = std::uint64_t{1} << 33; // what 11 octal digits do not hold

void put_text(Block& block, Field field, std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), field.length),
                block.begin() + static_cast<std::ptrdiff_t>(field.at));
}
std::string_view text_of(const Block& block, Field field) {
    const std::string_view whole(reinterpret_cast<const char*>(block.data()) + field.at, field.length);
    return whole.substr(0, whole.find('\0'));
}

void put_number(Block& block, Field field, std::uint64_t value) {
    if (field.length == kSize.length && value >= kFirstBase256) {
        for (std::size_t i = field.length; i-- > 1; value >>= 8U)
            block[field.at + i] = static_cast<std::uint8_t>(value);
        block[field.at] = 0x80;
        return;
    }
    for (std::size_t i = field.length - 1; i-- > 0; value >>= 3U)
        block[field.at + i] = static_cast<std::uint8_t>('0' + (value & 7U));
}

base::Result<std::uint64_t> number_of(const Block& block, Field field) {
    std::uint64_t value = 0;
    if ((block[field.at] & 0x80U) != 0) {
        for (std::size_t i = 0; i < field.length; ++i) {
            const std::uint8_t byte = i == 0 ? block[field.at] & 0x7FU : block[field.at + i];
            if (value >> 56U != 0) return base::corrupt("a number of the archive is out of range");
            value = value << 8U | byte;
        }
        return value;
    }
    std::string_view digits = text_of(block, field);
    while (digits.starts_with(' '))
        digits.remove_prefix(1);
    while (digits.ends_with(' '))
        digits.remove_suffix(1);
    for (const char c : digits) {
        if (c < '0' || c > '7') return base::corrupt("a number of the archive cannot be read");
        value = value << 3U | static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

// Of all bytes, those of the checksum itself taken as spaces.
std::uint64_t sum_of(const Block& block) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block.size(); ++i)
        sum += i >= kChecksum.at && i < kChecksum.at + kChecksum.length ? ' ' : block[i];
    return sum;
}

} // namespace

base::Result<Block> to_block(const Header& header) {
    const auto slash = header.name.rfind('/');
    const std::string_view whole(header.name);
    const auto last = slash == std::string::npos ? whole : whole.substr(slash + 1);
    const auto before = slash == std::string::npos ? std::string_view() : whole.substr(0, slash);
    if (last.empty() || last.size() > kName.length || before.size() > kPrefix.length ||
        header.name.find('\0') != std::string::npos)
        return base::invalid("no name for a file of an archive: " + header.name);
    Block block{};
    put_text(block, kName, last);
    put_text(block, kPrefix, before);
    put_number(block, kMode, 0600);
    put_number(block, kUser, 0);
    put_number(block, kGroup, 0);
    put_number(block, kSize, header.size);
    const auto seconds = base::unix_ms(header.changed) / 1000;
    put_number(block, kChanged, static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0)));
    block[kType.at] = '0';
    put_text(block, kMagic, kUstar);
    put_number(block, {kChecksum.at, kChecksum.length - 1}, sum_of(block));
    block[kChecksum.at + kChecksum.length - 1] = ' ';
    return block;
}

base::Result<std::optional<Header>> from_block(const Block& block) {
    if (std::all_of(block.begin(), block.end(), [](std::uint8_t byte) { return byte == 0; }))
        return std::optional<Header>();
    if (text_of(block, {kMagic.at, 6}) != "ustar") return base::corrupt("this is no archive");
    TRY_VALUE(const std::uint64_t sum, number_of(block, kChecksum));
    if (sum != sum_of(block)) return base::corrupt("a header of the archive has a wrong checksum");
    if (block[kType.at] != '0' && block[kType.at] != '\0')
        return base::corrupt("the archive holds something else than files");
    Header header;
    const auto before = text_of(block, kPrefix);
    if (!before.empty()) header.name.append(before).append("/");
    header.name.append(text_of(block, kName));
    TRY_VALUE(header.size, number_of(block, kSize));
    TRY_VALUE(const std::uint64_t seconds, number_of(block, kChanged));
    constexpr std::uint64_t kLatest = 1ULL << 40U;
    header.changed = base::from_unix_ms(static_cast<std::int64_t>(std::min(seconds, kLatest)) * 1000);
    return std::optional(std::move(header));
}

base::Result<std::string> archive(std::span<const Entry> entries, base::TimePoint changed) {
    std::string out;
    for (const Entry& entry : entries) {
        TRY_VALUE(const Block block, to_block({entry.name, entry.content.size(), changed}));
        out.append(block.begin(), block.end());
        out += entry.content;
        out.append(filling(entry.content.size()), '\0');
    }
    return out.append(2 * kBlock, '\0');
}

} // namespace oakum::tar
