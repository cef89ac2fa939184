// SPDX-License-Identifier: Apache-2.0
#include "lines.hpp"

#include <component/purl.hpp>
#include <packages/installed.hpp>

namespace oakum::packages {
namespace {

// The header of a package as rpm keeps it: two counts, entries of sixteen bytes, what these point to. Numbers
// are big-endian.
constexpr std::size_t most_entries = 1 << 16;
constexpr std::size_t entry_size = 16;
constexpr std::uint32_t int32_type = 4, string_type = 6;
constexpr std::uint32_t name_tag = 1000, version_tag = 1001, release_tag = 1002, epoch_tag = 1003,
                        arch_tag = 1022, source_tag = 1044, module_tag = 5096;

std::uint32_t number_at(base::ByteView bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = number << 8 | bytes[at + i];
    return number;
}

struct Header {
    std::string name, version, release, epoch, arch, source, module;
};

// The text of an entry; nothing where it leads out of the header or is no text.
std::optional<std::string> text_at(base::ByteView data, std::uint32_t offset) {
    if (offset >= data.size()) return std::nullopt;
    const std::string_view rest = base::as_text(data.subspan(offset));
    const auto end = rest.find('\0');
    if (end == std::string_view::npos || (end > 0 && !is_text(rest.substr(0, end)))) return std::nullopt;
    return std::string(rest.substr(0, end));
}

std::string* field_of(Header& header, std::uint32_t tag) {
    switch (tag) {
    case name_tag:
        return &header.name;
    case version_tag:
        return &header.version;
    case release_tag:
        return &header.release;
    case arch_tag:
        return &header.arch;
    case source_tag:
        return &header.source;
    case module_tag:
        return &header.module;
    default:
        return nullptr;
    }
}

base::Result<Header> read_header(base::ByteView bytes) {
    const auto broken = [](std::string_view why) {
        return base::corrupt(std::string("a header of rpm's database is broken: ").append(why));
    };
    if (bytes.size() < 8) return broken("it is too short");
    const std::size_t entries = number_at(bytes, 0), length = number_at(bytes, 4);
    if (entries > most_entries || bytes.size() - 8 < entries * entry_size ||
        bytes.size() - 8 - entries * entry_size < length)
        return broken("its counts are larger than it is");
    const auto data = bytes.subspan(8 + entries * entry_size, length);
    Header header;
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t at = 8 + i * entry_size;
        const auto tag = number_at(bytes, at), type = number_at(bytes, at + 4),
                   offset = number_at(bytes, at + 8);
        if (tag == epoch_tag) {
            if (type != int32_type || offset > length || length - offset < 4) return broken("its epoch");
            header.epoch = std::to_string(number_at(data, offset));
        } else if (std::string* field = field_of(header, tag)) {
            auto text = type == string_type ? text_at(data, offset) : std::nullopt;
            if (!text) return broken("tag " + std::to_string(tag) + " is no text");
            *field = *std::move(text);
        }
    }
    if (header.name.empty() || header.version.empty() || header.release.empty())
        return broken("it has no name, version or release");
    return header;
}

std::string purl_of(const Header& header, const std::string& version, const OsRelease& system) {
    component::Purl purl;
    purl.type = "rpm";
    purl.name_space = system.id;
    purl.name = header.name;
    purl.version = version;
    const auto add = [&](const char* key, const std::string& value) {
        if (!value.empty()) purl.qualifiers.emplace_back(key, value);
    };
    add("arch", header.arch);
    if (!system.id.empty() && !system.version_id.empty()) add("distro", system.id + "-" + system.version_id);
    if (header.epoch != "0") add("epoch", header.epoch);
    add("rpmmod", header.module);
    add("upstream", header.source);
    const std::string text = purl.text();
    return component::Purl::parse(text).ok() ? text : std::string();
}

} // namespace

base::Result<std::optional<component::Component>> read_rpm(base::ByteView header, const OsRelease& system) {
    TRY_VALUE(const Header read, read_header(header));
    if (read.name == "gpg-pubkey") return std::optional<component::Component>(); // a key that rpm trusts
    component::Component package;
    package.name = read.name;
    package.version = read.version + "-" + read.release;
    package.purl = purl_of(read, package.version, system);
    return std::optional(std::move(package));
}

} // namespace oakum::packages
